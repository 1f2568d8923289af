import type { APIGatewayProxyEventV2, SQSEvent } from 'aws-lambda';
import { vi } from 'vitest';
import { type DeadLetter, ENV, type JobHandler, type OutgoingMessage } from '../../lib/core/index.ts';
import type { MemoryJobQueue } from '../../lib/memory/index.ts';
import { createFakeClock } from '../../lib/testing/index.ts';
import { deaf, echo, jobOf, messageOf, rawPut, thrower } from '../pipeline/sample-jobs.ts';

export const TABLE_NAME = 'the-jobs-table';

/** What the functions wrote down for CloudWatch: one entry for each metric of each line. */
export interface EmittedMetric {
  readonly namespace: string;
  readonly name: string;
  readonly unit: string;
  readonly dimensions: Readonly<Record<string, unknown>>;
  readonly values: readonly number[];
}

interface EmfLine extends Readonly<Record<string, unknown>> {
  readonly _aws: {
    readonly CloudWatchMetrics: readonly {
      readonly Namespace: string;
      readonly Dimensions: readonly (readonly string[])[];
      readonly Metrics: readonly { readonly Name: string; readonly Unit: string }[];
    }[];
  };
}

export function parseMetrics(lines: readonly string[]): readonly EmittedMetric[] {
  return lines
    .filter((line) => line.startsWith('{') && line.includes('"_aws"'))
    .map((line) => JSON.parse(line) as EmfLine)
    .flatMap((line) =>
      line._aws.CloudWatchMetrics.flatMap(({ Namespace, Dimensions, Metrics }) =>
        Dimensions.flatMap((names) =>
          Metrics.map(({ Name, Unit }) => ({
            namespace: Namespace,
            name: Name,
            unit: Unit,
            dimensions: Object.fromEntries(names.map((name) => [name, line[name]])),
            values: [line[Name]].flat() as number[],
          })),
        ),
      ),
    );
}

const thief = 'thief';

/**
 * The functions as they are deployed, from their factories down to the ports, on a store, a queue and a clock in memory. What
 * they write on standard output is kept, until `stop` puts everything back.
 */
export async function startFunctions() {
  const clock = createFakeClock();
  const lines: string[] = [];
  const exits: number[] = [];
  vi.resetModules();
  const { createMemoryJobQueue, createMemoryJobStore } = await import('../../lib/memory/index.ts');
  const store = createMemoryJobStore();
  const queue = createMemoryJobQueue({ clock });
  const faults = { sending: false };
  vi.doMock('../../lib/dynamodb/index.ts', () => ({
    createDynamoDocumentClient: () => ({}),
    createDynamoJobStore: () => store,
  }));
  vi.doMock('../../lib/sqs/index.ts', () => ({
    createSqsClient: () => ({}),
    createSqsJobQueue: () => withFaults(queue, faults),
  }));
  vi.doMock('../../lib/pipeline/system.ts', async (original) => ({
    ...(await original<typeof import('../../lib/pipeline/system.ts')>()),
    systemClock: {
      now: () => clock.now(),
      sleep: (delayMs: number, signal?: AbortSignal) => clock.sleep(delayMs, signal),
    },
  }));
  vi.stubEnv(ENV.tableName, TABLE_NAME);
  vi.stubEnv(ENV.queueUrl, 'https://sqs.example/jobs');
  vi.stubEnv(ENV.deadLetterQueueUrl, 'https://sqs.example/dead');
  vi.stubEnv(ENV.queueDepthCap, '2');
  const written = vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    lines.push(...String(text).split('\n'));
    return true;
  });
  const exit = vi.spyOn(process, 'exit').mockImplementation(((code: number) => void exits.push(code)) as never);
  const listeners = process.listeners('SIGTERM');
  const stop = (): void => {
    for (const added of process.listeners('SIGTERM')) {
      if (!listeners.includes(added)) process.off('SIGTERM', added);
    }
    written.mockRestore();
    exit.mockRestore();
    vi.doUnmock('../../lib/dynamodb/index.ts');
    vi.doUnmock('../../lib/sqs/index.ts');
    vi.doUnmock('../../lib/pipeline/system.ts');
  };

  const handlers = [
    echo,
    thrower,
    jobOf('deaf', deaf.run, { timeoutSeconds: 1 }),
    jobOf('slow', () => clock.sleep(2_000)),
    // Somebody else takes the job while it runs.
    jobOf(thief, (_, { jobId }) => store.putRaw({ ...store.getRaw(jobId), id: jobId, token: 'another', attempt: 2 })),
  ];
  const { createHandler: createApi } = await import('../../functions/api/index.ts');
  const { createHandler: createProducer } = await import('../../functions/producer/index.ts');
  const { createHandler: createConsumer } = await import('../../functions/consumer/index.ts');
  const byFolder = <Module>(toModule: (handler: JobHandler) => Module) =>
    Object.fromEntries(handlers.map((handler) => [handler.definition.type, toModule(handler)]));
  const api = createApi(byFolder(({ definition }) => ({ definition })));
  const producer = createProducer(byFolder(({ definition }) => ({ definition })));
  const consumer = createConsumer(byFolder((handler) => ({ handler })));

  const submit = async (type: string, fields: Readonly<Record<string, unknown>> = {}): Promise<string> => {
    const { body } = await api(post('/jobs', { type, input: {}, ...fields }));
    return (JSON.parse(body ?? '') as { id: string }).id;
  };
  /** As `JobClient` does it, in a process without metrics. */
  const submitBySdk = async (id: string, delayMs = 0): Promise<void> => {
    const { createJob, DEFAULT_POLICY, PLAIN_DEFAULTS, SUBMITTED_UNCOUNTED } = await import('../../lib/core/index.ts');
    const now = clock.now();
    const { job, send } = createJob(
      {
        id,
        type: 'echo',
        input: '{}',
        dueAt: now + delayMs,
        defaults: PLAIN_DEFAULTS('echo'),
        detail: SUBMITTED_UNCOUNTED,
      },
      { now, policy: DEFAULT_POLICY },
    );
    await store.create([job]);
    if (send !== undefined) queue.sendRaw(messageOf(id));
  };
  const startProducing = () => producer({}, { getRemainingTimeInMillis: () => 60_000 });
  const produce = () => clock.run(startProducing());
  /** One invocation with what can be received now; what was done is deleted, as Lambda does. Time stands still. */
  const startConsuming = async (remainingMs = 60_000): Promise<void> => {
    const records = queue.receive();
    const answer = await consumer(toEvent(records), { getRemainingTimeInMillis: () => remainingMs });
    const failed = new Set(answer.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
    const done = records.filter(({ messageId }) => !failed.has(messageId));
    await queue.acknowledge(done.map(({ receiptHandle }) => receiptHandle));
  };
  const consume = (remainingMs?: number) => clock.run(startConsuming(remainingMs));
  const metrics = () => parseMetrics(lines);
  return {
    clock,
    store,
    queue,
    faults,
    lines,
    exits,
    submit,
    submitBySdk,
    produce,
    startProducing,
    consume,
    startConsuming,
    metrics,
    stop,
  };
}

type Functions = Awaited<ReturnType<typeof startFunctions>>;

/** Everything that a metric counts, made to happen once at least. */
export async function runEverything(functions: Functions): Promise<void> {
  const { clock, store, queue, faults, submit, submitBySdk, produce, consume } = functions;
  const done = await submit('echo');
  await submit('thrower', { maxAttempts: 1 });
  await consume();
  queue.redriveDead();
  queue.sendRaw(messageOf(done));
  queue.sendRaw('garbage');
  await consume();

  store.putRaw(rawPut({ id: 'unknown', type: 'nobody', nextAt: clock.now() - 90_000 }));
  store.putRaw(rawPut({ id: 'canceled', nextAt: clock.now(), cancelRequested: true }));
  await produce();
  await consume();

  await submit(thief);
  await consume();
  await submit('slow');
  await submit('slow');
  await consume(20_000);
  await consume();

  // A process that claims it and dies at once.
  const crashed = await submit('echo');
  const claim = { id: crashed, token: 'its-token', now: clock.now(), solo: true, fitMs: undefined, leaseMs: 0 };
  await store.claim([{ ...claim, leaseMarginMs: 0 }]);
  await clock.advance(60_000);
  queue.purge();
  await produce();
  await consume();

  faults.sending = true;
  await submit('echo');
  faults.sending = false;
  for (const id of ['one', 'two', 'three']) store.putRaw(rawPut({ id, nextAt: clock.now() }));
  await produce();
  await consume();
  await submitBySdk('by-sdk');
  await consume();
  await submit('deaf');
  await consume();
}

function withFaults(queue: MemoryJobQueue, faults: { readonly sending: boolean }): MemoryJobQueue {
  return {
    ...bound(queue),
    send: async (messages: readonly OutgoingMessage[]) => {
      const { AccessError } = await import('../../lib/core/index.ts');
      return faults.sending
        ? messages.map(() => ({ kind: 'error', error: new AccessError('unavailable', 'The queue does not answer.') }))
        : await queue.send(messages);
    },
  };
}

function bound(queue: MemoryJobQueue): MemoryJobQueue {
  return {
    send: (messages) => queue.send(messages),
    sendDeadLetters: (letters: readonly DeadLetter[]) => queue.sendDeadLetters(letters),
    depth: () => queue.depth(),
    acknowledge: (handles) => queue.acknowledge(handles),
    release: (handles) => queue.release(handles),
    receive: (most) => queue.receive(most),
    sendRaw: (body) => queue.sendRaw(body),
    listDead: () => queue.listDead(),
    redriveDead: () => queue.redriveDead(),
    size: () => queue.size(),
    purge: () => queue.purge(),
  };
}

function post(path: string, body: unknown): APIGatewayProxyEventV2 {
  return {
    version: '2.0',
    routeKey: `POST ${path}`,
    rawPath: path,
    rawQueryString: '',
    headers: { 'content-type': 'application/json' },
    requestContext: { http: { method: 'POST' } } as APIGatewayProxyEventV2['requestContext'],
    body: JSON.stringify(body),
    isBase64Encoded: false,
  };
}

function toEvent(messages: ReturnType<MemoryJobQueue['receive']>): SQSEvent {
  return {
    Records: messages.map(({ messageId, receiptHandle, body, receiveCount }) => ({
      messageId,
      receiptHandle,
      body,
      attributes: {
        ApproximateReceiveCount: String(receiveCount),
        SentTimestamp: '0',
        SenderId: '',
        ApproximateFirstReceiveTimestamp: '0',
      },
      messageAttributes: {},
      md5OfBody: '',
      eventSource: 'aws:sqs',
      eventSourceARN: 'arn:aws:sqs:us-east-1:000000000000:jobs',
      awsRegion: 'us-east-1',
    })),
  };
}
