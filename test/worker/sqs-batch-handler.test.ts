import type { SQSEvent } from 'aws-lambda';
import { describe, expect, it } from 'vitest';
import { DEFAULT_POLICY, type Logger } from '../../lib/core/index.ts';
import { createSqsBatchHandler } from '../../lib/worker/index.ts';

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
