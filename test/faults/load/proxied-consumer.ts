import { setTimeout as delay } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { SQSEvent } from 'aws-lambda';
import { createSampleInput } from '../../../bench/sample-input.ts';
import { DEFAULT_POLICY, isFinal, type Logger, type Telemetry } from '../../../lib/core/index.ts';
import { createDynamoDocumentClient, createDynamoJobStore } from '../../../lib/dynamodb/index.ts';
import { startDynamoDbEngine, startSqsS3Engine } from '../../../lib/local/engines/index.ts';
import { startEventSourceMapping } from '../../../lib/local/event-source-mapping/mapping.ts';
import type { InvokeRequest, InvokeResult } from '../../../lib/local/lambda/invocation.ts';
import { ChildSpawner } from '../../../lib/local/processes/index.ts';
import { createIds, produce, submitJobs, systemClock, systemRandom } from '../../../lib/pipeline/index.ts';
import { createSqsClient, createSqsJobQueue } from '../../../lib/sqs/index.ts';
import { createSqsBatchHandler } from '../../../lib/worker/index.ts';
import { createJobsTable } from '../jobs-table.ts';
import { timed } from '../load-app/jobs/timed/definition.ts';
import { handler } from '../load-app/jobs/timed/handler.ts';
import { type Fate, startFaultProxy, type WireRequest } from '../proxy/fault-proxy.ts';
import { openTable } from '../table-reader.ts';
import { judge } from './outcome.ts';

/** Functions, schedule and event source in this process, on engines of their own behind proxies; all in real time. */
export interface ProxiedConsumer {
  /** As often as it takes: resolves with the ids once all are accepted. */
  readonly submit: (from: number, count: number) => Promise<readonly string[]>;
  readonly completed: () => number;
  /** What was asked of table and queue so far, but for polls, which are sent whether there are jobs or not. */
  readonly requests: () => number;
  /** Waits for the end of these jobs. Resolves with what is wrong with them. */
  readonly untilCompleted: (ids: readonly string[]) => Promise<readonly string[]>;
  readonly close: () => Promise<void>;
}

/** As the construct has them by default. */
const CONCURRENCY = 10;
const BATCH = 10;
const FUNCTION_TIMEOUT_MS = 60_000;
const VISIBILITY_TIMEOUT_SECONDS = 360;
const QUEUE_DEPTH_CAP = 1_000;

const POLLS: readonly string[] = ['Query', 'ReceiveMessage', 'GetQueueAttributes'];
const TRY_AGAIN_MS = 500;
const LOOK_MS = 1_000;
const LIMIT_MS = 20 * 60_000;

const REGION = 'us-east-1';
const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
const tableName = 'jobs';
const ignore = (): void => {};
const quiet: Logger = { debug: ignore, info: ignore, warn: ignore, error: ignore };

/** @param signal aborted, it no longer waits for jobs, and is to be closed */
export async function startProxiedConsumer(
  decide: (request: WireRequest) => Fate,
  signal: AbortSignal,
): Promise<ProxiedConsumer> {
  const spawner = new ChildSpawner();
  const [tables, queues] = await Promise.all([
    startDynamoDbEngine({ spawner, port: 0, onNotice: ignore }),
    startSqsS3Engine({ spawner, sqsPort: 0, s3Port: 0, onNotice: ignore }),
  ]);
  await queues.createQueues([
    { name: 'dead', attributes: {} },
    {
      name: 'jobs',
      attributes: {
        VisibilityTimeout: String(VISIBILITY_TIMEOUT_SECONDS),
        RedrivePolicy: JSON.stringify({
          deadLetterTargetArn: `arn:aws:sqs:${REGION}:000000000000:dead`,
          maxReceiveCount: 5,
        }),
      },
    },
  ]);
  const administrator = new DynamoDBClient({ region: REGION, credentials, endpoint: tables.endpoint });
  await createJobsTable(administrator, tableName);
  administrator.destroy();
  const [dynamodb, sqs] = await Promise.all([
    startFaultProxy({ target: tables.endpoint, decide }),
    startFaultProxy({ target: queues.sqsEndpoint, decide }),
  ]);
  const client = createDynamoDocumentClient({ region: REGION, credentials, endpoint: dynamodb.endpoint });
  const sqsClient = createSqsClient({ region: REGION, credentials, endpoint: sqs.endpoint });
  const urlOf = (name: string): string => `${sqs.endpoint}/000000000000/${name}`;
  const queue = createSqsJobQueue({ client: sqsClient, queueUrl: urlOf('jobs'), deadLetterQueueUrl: urlOf('dead') });
  let completed = 0;
  const telemetry: Telemetry = {
    submitted: ignore,
    claimed: ignore,
    accepted: ({ after }) => {
      if (after.status === 'completed') completed += 1;
    },
    noticed: ignore,
  };
  const ports = {
    store: createDynamoJobStore({ client, tableName, clock: systemClock, random: systemRandom }),
    queue,
    inbox: queue,
    clock: systemClock,
    random: systemRandom,
    ids: createIds(systemClock),
    telemetry,
    logger: quiet,
    policy: DEFAULT_POLICY,
  };

  const stopping = new AbortController();
  const consume = createSqsBatchHandler({
    ports: { ...ports, handlers: new Map([[timed.type, handler]]), batchConcurrency: BATCH },
    stop: stopping.signal,
    exit: ignore,
  });
  const mapping = startEventSourceMapping({
    plan: {
      logicalId: 'Mapping',
      queue: {
        logicalId: 'Queue',
        name: 'jobs',
        arn: `arn:aws:sqs:${REGION}:000000000000:jobs`,
        url: urlOf('jobs'),
        visibilityTimeoutSeconds: VISIBILITY_TIMEOUT_SECONDS,
        messageRetentionSeconds: 345_600,
        delaySeconds: 0,
        receiveMessageWaitSeconds: 0,
      },
      functionName: 'Consumer',
      batchSize: BATCH,
      maximumBatchingWindowSeconds: 0,
      maximumConcurrency: CONCURRENCY,
      reportBatchItemFailures: true,
      enabled: true,
    },
    region: REGION,
    sqsEndpoint: sqs.endpoint,
    credentials,
    administrator: credentials,
    invoke: (request) => invoke(consume, request),
    onNotice: ignore,
  });
  const producing = produceUntil(stopping.signal, ports);
  const table = openTable({ dynamodb: tables.endpoint, tableName });
  const counts = (): readonly (readonly [string, number])[] => [...dynamodb.counts, ...sqs.counts];

  return {
    submit: async (from, count) => {
      const ids = new Map<number, string>();
      for (;;) {
        const missing = Array.from({ length: count }, (_, index) => from + index).filter((index) => !ids.has(index));
        if (missing.length === 0) return [...ids.values()];
        const results = await submitJobs(
          ports,
          missing.map((index) => ({
            definition: timed,
            input: { workMs: 0, filling: JSON.stringify(createSampleInput(index)) },
            idempotencyKey: `load-${index}`,
          })),
        );
        for (const [place, result] of results.entries()) {
          if (result.kind === 'accepted') ids.set(missing[place] ?? 0, result.job.id);
          else if (result.error.code !== 'unavailable') throw result.error;
        }
        if (ids.size < count) await delay(TRY_AGAIN_MS, undefined, { signal });
      }
    },
    completed: () => completed,
    requests: () => counts().reduce((sum, [operation, count]) => sum + (POLLS.includes(operation) ? 0 : count), 0),
    untilCompleted: async (ids) => {
      const until = Date.now() + LIMIT_MS;
      let jobs = await table.read(ids);
      while (ids.some((id) => !isFinal(jobs.get(id)?.status ?? 'queued')) && Date.now() < until) {
        await delay(LOOK_MS, undefined, { signal });
        jobs = await table.read(ids);
      }
      return judge(ids, jobs).problems;
    },
    close: async () => {
      stopping.abort();
      await Promise.all([mapping.stop(), producing]);
      table.close();
      client.destroy();
      sqsClient.destroy();
      await Promise.all([dynamodb.close(), sqs.close()]);
      await Promise.all([tables.stop({ graceMs: 1_000 }), queues.stop({ graceMs: 1_000 })]);
      await spawner.close();
    },
  };
}

type Consume = ReturnType<typeof createSqsBatchHandler>;

async function invoke(consume: Consume, { payload }: InvokeRequest): Promise<InvokeResult> {
  const endsAt = Date.now() + FUNCTION_TIMEOUT_MS;
  try {
    const answer = await consume(JSON.parse(payload) as SQSEvent, {
      getRemainingTimeInMillis: () => endsAt - Date.now(),
    });
    return { kind: 'success', requestId: '', payload: JSON.stringify(answer) };
  } catch (error) {
    return { kind: 'function-error', requestId: '', errorType: 'Error', errorMessage: String(error), payload: '{}' };
  }
}

type ProducePorts = Omit<Parameters<typeof produce>[0], 'queueDepthCap' | 'stayAwake' | 'deadline' | 'stop'>;

/** One invocation after the other, as the schedule has it. */
async function produceUntil(stop: AbortSignal, ports: ProducePorts): Promise<void> {
  while (!stop.aborted) {
    const deadline = Date.now() + FUNCTION_TIMEOUT_MS;
    await produce({ ...ports, queueDepthCap: QUEUE_DEPTH_CAP, stayAwake: true, deadline, stop });
  }
}
