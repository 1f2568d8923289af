import type { SQSEvent } from 'aws-lambda';
import { describe, expect, it, vi } from 'vitest';
import { type Clock, DEFAULT_POLICY, type JobHandler, type Logger } from '../../lib/core/index.ts';
import { createMemoryJobQueue, createMemoryJobStore } from '../../lib/memory/index.ts';
import { createSqsBatchHandler } from '../../lib/worker/index.ts';
import { deaf, echo, messageOf, rawPut } from '../pipeline/sample-jobs.ts';

const silent: Logger = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

function event(...bodies: string[]): SQSEvent {
  return {
    Records: bodies.map((body, index) => ({
      messageId: `message-${index}`,
      receiptHandle: `receipt-${index}`,
      body,
      attributes: {
        ApproximateReceiveCount: '1',
        SentTimestamp: '0',
        SenderId: 'me',
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

function setup() {
  const released: string[] = [];
  const never = (): never => {
    throw new Error('not reached by garbage');
  };
  const handler = createSqsBatchHandler({
    ports: {
      store: { create: never, read: never, claim: async () => [], write: never, findDue: never },
      queue: { send: never, sendDeadLetters: never, depth: never },
      inbox: { acknowledge: async () => {}, release: async (handles) => void released.push(...handles) },
      clock: { now: () => 0, sleep: async () => {} },
      random: { next: () => 0 },
      ids: { createId: never, createToken: never, digest: never },
      telemetry: { submitted: never, claimed: never, accepted: never, noticed: () => {} },
      logger: silent,
      policy: DEFAULT_POLICY,
      handlers: new Map(),
      batchConcurrency: 10,
    },
    stop: new AbortController().signal,
    exit: never,
  });
  return { released, handle: (batch: SQSEvent) => handler(batch, { getRemainingTimeInMillis: () => 60_000 }) };
}

describe('the answer to a batch', () => {
  it('names exactly the messages that the queue must keep, and makes garbage visible at once', async () => {
    const { handle, released } = setup();
    expect(await handle(event('garbage', '{"v":2}', '{"v":1,"id":""}'))).toEqual({
      batchItemFailures: [
        { itemIdentifier: 'message-0' },
        { itemIdentifier: 'message-1' },
        { itemIdentifier: 'message-2' },
      ],
    });
    expect(released).toEqual(['receipt-0', 'receipt-1', 'receipt-2']);
  });

  it('is well formed for an empty batch', async () => {
    expect(await setup().handle(event())).toEqual({ batchItemFailures: [] });
  });
});

/** A consumer of jobs that are due, whose every wait is over at once; `steps` holds what was done to its messages and process. */
function setupWith(handlers: readonly JobHandler[]) {
  const steps: string[] = [];
  let tokens = 0;
  const byType = new Map(handlers.map((handler) => [handler.definition.type, handler]));
  const clock: Clock = { now: () => 1_000_000, sleep: () => new Promise((resolve) => setImmediate(resolve)) };
  const store = createMemoryJobStore({ defaultsOf: (type) => byType.get(type)?.definition ?? echo.definition });
  for (const type of byType.keys()) {
    const counts = { attempt: 0, failures: 0, crashes: 0, maxAttempts: 5, maxCrashes: 2, timeoutMs: 30_000 };
    store.putRaw(rawPut({ id: type, type, nextAt: 0, dueAt: 0, createdAt: 0, history: [], ...counts }));
  }
  const handle = createSqsBatchHandler({
    ports: {
      store,
      queue: createMemoryJobQueue({ clock }),
      inbox: { acknowledge: async (handles) => void steps.push(`delete ${handles}`), release: async () => {} },
      clock,
      random: { next: () => 0 },
      ids: { createId: vi.fn(), createToken: () => `token-${++tokens}`, digest: vi.fn() },
      telemetry: { submitted: vi.fn(), claimed: vi.fn(), accepted: vi.fn(), noticed: vi.fn() },
      logger: silent,
      policy: DEFAULT_POLICY,
      handlers: byType,
      batchConcurrency: 10,
    },
    stop: new AbortController().signal,
    exit: () => void steps.push('exit'),
  });
  return { steps, store, handle: (batch: SQSEvent) => handle(batch, { getRemainingTimeInMillis: () => 60_000 }) };
}

describe('a handler that lives on against its signal', () => {
  it('ends the process, after what is done is deleted and not what must come again', async () => {
    const { steps, store, handle } = setupWith([echo, deaf]);

    await handle(event(messageOf('echo'), 'garbage', messageOf('deaf')));

    expect(steps).toEqual(['delete receipt-0,receipt-2', 'exit']);
    expect(store.getRaw('echo')).toMatchObject({ status: 'completed' });
    expect(store.getRaw('deaf')).toMatchObject({ status: 'dispatched', failures: 1, error: { name: 'timed-out' } });
  });

  it('is the only reason to end it', async () => {
    const { steps, handle } = setupWith([echo]);
    expect(await handle(event(messageOf('echo')))).toEqual({ batchItemFailures: [] });
    expect(steps).toEqual([]);
  });
});
