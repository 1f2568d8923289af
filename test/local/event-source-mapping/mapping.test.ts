import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SqsRecord } from '../../../lib/local/event-source-mapping/records.ts';
import type { InvokeResult } from '../../../lib/local/lambda/invocation.ts';
import { functionError, LocalQueue, success } from './local-queue.ts';

let queue: LocalQueue;

beforeEach(() => {
  queue = new LocalQueue();
});
afterEach(() => queue.end());

const WAIT = { timeout: 10_000 };
const EMPTY = { visible: 0, inFlight: 0 };

const bodiesOf = (batches: readonly (readonly SqsRecord[])[]): readonly string[] =>
  batches.flat().map(({ body }) => body);

/** A function that keeps what it was invoked with. */
const recording = (answer: (records: readonly SqsRecord[]) => InvokeResult = () => success()) => {
  const batches: (readonly SqsRecord[])[] = [];
  const invoke = async (records: readonly SqsRecord[]): Promise<InvokeResult> => {
    batches.push(records);
    return answer(records);
  };
  return { batches, invoke };
};

describe('a mapping', () => {
  it("hands messages over as Lambda's records and deletes them", async () => {
    await queue.start();
    const { batches, invoke } = recording();
    queue.map(invoke);
    await queue.sendOne({
      MessageBody: '{"v":1,"id":"a"}',
      MessageAttributes: { kind: { DataType: 'String', StringValue: 'x' } },
    });
    await expect
      .poll(() => batches, WAIT)
      .toEqual([
        [
          {
            messageId: expect.any(String),
            receiptHandle: expect.any(String),
            body: '{"v":1,"id":"a"}',
            attributes: {
              ApproximateFirstReceiveTimestamp: expect.stringMatching(/^\d{13}$/),
              ApproximateReceiveCount: '1',
              SenderId: expect.any(String),
              SentTimestamp: expect.stringMatching(/^\d{13}$/),
            },
            messageAttributes: {
              kind: { stringValue: 'x', stringListValues: [], binaryListValues: [], dataType: 'String' },
            },
            md5OfBody: expect.stringMatching(/^[0-9a-f]{32}$/),
            md5OfMessageAttributes: expect.stringMatching(/^[0-9a-f]{32}$/),
            eventSource: 'aws:sqs',
            eventSourceARN: 'arn:aws:sqs:us-east-1:000000000000:work',
            awsRegion: 'us-east-1',
          },
        ],
      ]);
    await expect.poll(() => queue.counts(), WAIT).toEqual(EMPTY);
  });

  it('hands over at most batchSize messages at a time, each once', async () => {
    await queue.start();
    const bodies = Array.from({ length: 95 }, (_, index) => `m${index}`);
    await queue.send(...bodies);
    const { batches, invoke } = recording();
    queue.map(invoke, { batchSize: 7 });
    await expect.poll(() => queue.counts(), WAIT).toEqual(EMPTY);
    expect([...bodiesOf(batches)].sort()).toEqual([...bodies].sort());
    expect(Math.max(...batches.map((batch) => batch.length))).toBe(7);
  });

  it('gathers more than ten messages within its batching window', async () => {
    await queue.start();
    await queue.send(...Array.from({ length: 25 }, (_, index) => `m${index}`));
    const { batches, invoke } = recording();
    queue.map(invoke, { batchSize: 25, maximumBatchingWindowSeconds: 1 });
    await expect.poll(() => bodiesOf(batches).length, WAIT).toBe(25);
    expect(Math.max(...batches.map((batch) => batch.length))).toBeGreaterThan(10);
  });

  it('hands over what it has when its batching window ends', async () => {
    await queue.start();
    await queue.send('only');
    const { batches, invoke } = recording();
    queue.map(invoke, { batchSize: 100, maximumBatchingWindowSeconds: 1 });
    await expect.poll(() => bodiesOf(batches), WAIT).toEqual(['only']);
  });

  it('has at most maximumConcurrency invocations in flight, and all of them when there is work', async () => {
    await queue.start();
    await queue.send(...Array.from({ length: 60 }, (_, index) => `m${index}`));
    const waiting: (() => void)[] = [];
    let most = 0;
    queue.map(
      () =>
        new Promise((resolve) => {
          waiting.push(() => resolve(success()));
          most = Math.max(most, waiting.length);
        }),
      { maximumConcurrency: 3 },
    );
    await expect.poll(() => waiting.length, WAIT).toBe(3);
    await expect
      .poll(async () => {
        for (const release of waiting.splice(0)) release();
        return queue.counts();
      }, WAIT)
      .toEqual(EMPTY);
    expect(most).toBe(3);
  });

  it('receives nothing while the template disables it', async () => {
    await queue.start();
    await queue.send('one');
    const { batches, invoke } = recording();
    await queue.map(invoke, { enabled: false }).stop();
    expect(batches).toEqual([]);
    expect(await queue.counts()).toEqual({ visible: 1, inFlight: 0 });
  });

  it('starts a job within milliseconds of its send', async () => {
    await queue.start();
    const startedAt = new Map<string, number>();
    queue.map(async (records) => {
      for (const { body } of records) startedAt.set(body, performance.now());
      return success();
    });
    const delaysMs: number[] = [];
    for (let index = 0; index < 20; index += 1) {
      const sentAt = performance.now();
      await queue.send(`m${index}`);
      await expect.poll(() => startedAt.get(`m${index}`), { interval: 1, ...WAIT }).toBeDefined();
      delaysMs.push((startedAt.get(`m${index}`) ?? Number.POSITIVE_INFINITY) - sentAt);
    }
    // The best of twenty, since the machine that runs the tests has other work as well.
    expect(Math.min(...delaysMs)).toBeLessThan(50);
  });
});

describe('outcomes', () => {
  const only = (id: string) => (records: readonly SqsRecord[]) =>
    success({
      batchItemFailures: records.filter(({ body }) => body === id).map((r) => ({ itemIdentifier: r.messageId })),
    });

  it('leaves the failures of a batch until their visibility ends, with a higher receive count', async () => {
    await queue.start({ VisibilityTimeout: '1' });
    const receives: string[] = [];
    queue.map(async (records) => {
      for (const { body, attributes } of records) {
        if (body === 'bad') receives.push(attributes['ApproximateReceiveCount'] ?? '');
      }
      return receives.length < 2 ? only('bad')(records) : success();
    });
    await queue.send('good', 'bad', 'fine');
    await expect.poll(() => receives, WAIT).toEqual(['1', '2']);
    await expect.poll(() => queue.counts(), WAIT).toEqual(EMPTY);
  });

  it.each([
    ['a function error', functionError, {}],
    ['a malformed answer', () => success({ batchItemFailures: [{ wrongKey: 'x' }] }), {}],
    ['an event that is too large', (): InvokeResult => ({ kind: 'too-large' }), {}],
  ])('fails the whole batch on %s', async (_what, answer, plan) => {
    await queue.start();
    await queue.send('one', 'two');
    const { batches, invoke } = recording(answer);
    const mapping = queue.map(invoke, plan);
    await expect.poll(() => bodiesOf(batches).length, WAIT).toBe(2);
    await mapping.stop();
    expect(await queue.counts()).toEqual({ visible: 0, inFlight: 2 });
  });

  it('says loudly that an answer is malformed', async () => {
    await queue.start();
    await queue.send('one');
    queue.map(recording(() => success('done')).invoke);
    await expect.poll(() => queue.notices, WAIT).toEqual([expect.stringContaining('the whole batch counts as failed')]);
  });

  it('ignores a returned list where the template does not report failures', async () => {
    await queue.start();
    await queue.send('bad', 'good');
    queue.map(recording(only('bad')).invoke, { reportBatchItemFailures: false });
    await expect.poll(() => queue.counts(), WAIT).toEqual(EMPTY);
  });

  it('tries a throttled invocation again while its messages are invisible', async () => {
    await queue.start();
    await queue.send('one');
    const { batches, invoke } = recording(() => (batches.length < 3 ? { kind: 'throttled' } : success()));
    queue.map(invoke);
    await expect.poll(() => queue.counts(), WAIT).toEqual(EMPTY);
    expect(batches.map(([record]) => record?.attributes['ApproximateReceiveCount'])).toEqual(['1', '1', '1']);
  });

  it('gives a throttled invocation up when its messages are visible again: their receive count rises', async () => {
    await queue.start({ VisibilityTimeout: '1' });
    await queue.send('one');
    const { batches, invoke } = recording(() => ({ kind: 'throttled' }));
    queue.map(invoke);
    await expect.poll(() => batches.at(-1)?.[0]?.attributes['ApproximateReceiveCount'], WAIT).toBe('2');
  });

  it('polls more slowly while the function fails, and at full speed once it does not', async () => {
    await queue.start({ VisibilityTimeout: '0' });
    let isBroken = true;
    const { batches, invoke } = recording(() => (isBroken ? functionError() : success()));
    queue.map(invoke);
    await queue.send('one');
    await expect.poll(() => batches.length, WAIT).toBeGreaterThan(3);
    const startedAt = performance.now();
    const before = batches.length;
    await expect.poll(() => batches.length, WAIT).toBeGreaterThan(before);
    expect(performance.now() - startedAt).toBeGreaterThan(50);
    isBroken = false;
    await expect.poll(() => queue.counts(), WAIT).toEqual(EMPTY);
  });
});

describe('the engine', () => {
  it('may go away and come back', async () => {
    await queue.start();
    const { batches, invoke } = recording();
    queue.map(invoke);
    await queue.send('before');
    await expect.poll(() => bodiesOf(batches), WAIT).toEqual(['before']);
    await queue.stopEngine();
    await expect.poll(() => queue.notices, WAIT).toEqual([expect.stringContaining('cannot be received from')]);
    await queue.startEngine();
    await queue.create();
    await queue.send('after');
    await expect.poll(() => bodiesOf(batches), WAIT).toEqual(['before', 'after']);
    expect(queue.notices.at(-1)).toContain('Receiving from work again');
  });

  it('may lose the queue for a while', async () => {
    await queue.start();
    const { batches, invoke } = recording();
    queue.map(invoke);
    await queue.remove();
    await expect.poll(() => queue.notices, WAIT).toEqual([expect.stringContaining('cannot be received from')]);
    await queue.create();
    await queue.send('after');
    await expect.poll(() => bodiesOf(batches), WAIT).toEqual(['after']);
  });
});

describe('stop', () => {
  it('waits for what is in flight, deletes it, and hands over nothing more', async () => {
    await queue.start();
    await queue.send('one');
    const waiting: (() => void)[] = [];
    const mapping = queue.map(() => new Promise((resolve) => waiting.push(() => resolve(success()))));
    await expect.poll(() => waiting.length, WAIT).toBe(1);
    let isStopped = false;
    const stopped = mapping.stop().then(() => {
      isStopped = true;
    });
    await queue.send('two');
    expect(isStopped).toBe(false);
    waiting[0]?.();
    await stopped;
    expect(waiting).toHaveLength(1);
    const { visible, inFlight } = await queue.counts();
    expect(visible + inFlight).toBe(1);
  });

  it('hands messages back that the function did not take any more', async () => {
    await queue.start({ VisibilityTimeout: '600' });
    await queue.send('one');
    const { batches, invoke } = recording(() => (batches.length === 1 ? { kind: 'stopped' } : success()));
    queue.map(invoke);
    await expect.poll(() => bodiesOf(batches), WAIT).toEqual(['one', 'one']);
    await expect.poll(() => queue.counts(), WAIT).toEqual(EMPTY);
  });

  it('does not wait for an engine that is away', async () => {
    await queue.start();
    const mapping = queue.map(recording().invoke);
    await queue.stopEngine();
    await expect.poll(() => queue.notices.length, WAIT).toBeGreaterThan(0);
    await mapping.stop();
  });

  it('may be called twice', async () => {
    await queue.start();
    const mapping = queue.map(recording().invoke);
    await Promise.all([mapping.stop(), mapping.stop()]);
  });
});
