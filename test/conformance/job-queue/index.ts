import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type DeadLetter, type OutgoingMessage, parseMessage } from '../../../lib/core/index.ts';
import type { QueueEngine, QueueUnderTest, Received } from './queue-under-test.ts';

export type { QueueEngine } from './queue-under-test.ts';

const messageTo = (id: string, fields: Partial<OutgoingMessage> = {}): OutgoingMessage => ({
  message: { id },
  delayMs: 0,
  ...fields,
});

const letterOf = (id: string, fields: Partial<DeadLetter> = {}): DeadLetter => ({
  message: { id, dead: 3 },
  type: 'sleep',
  reason: 'crashed',
  detail: 'The run ended without a word.',
  ...fields,
});

const idsOf = (received: readonly { readonly body: string }[]): readonly unknown[] =>
  received.map(({ body }) => parseMessage(body)?.id).sort();

/** Everything in the queue, for queues that hand out ten at most. */
async function receiveAll(under: QueueUnderTest): Promise<readonly Received[]> {
  const all: Received[] = [];
  for (let some = await under.receive(); some.length > 0; some = await under.receive()) {
    all.push(...some);
  }
  return all;
}

/** What every job queue must do; the queue in memory is held to it as the one on SQS. */
export function describeJobQueue(name: string, setup: () => Promise<QueueEngine>): void {
  describe(`${name} as a job queue`, () => {
    let engine: QueueEngine | undefined;

    beforeAll(async () => {
      engine = await setup();
    });

    afterAll(async () => {
      await engine?.close();
    });

    const createQueue = async (): Promise<QueueUnderTest> =>
      (await engine?.createQueue()) ?? expect.fail('The engine is there once the tests run.');

    test('delivers what was sent', async () => {
      const under = await createQueue();
      expect(await under.queue.send([messageTo('a'), { message: { id: 'b', back: 2 }, delayMs: 0 }])).toEqual([
        { kind: 'sent' },
        { kind: 'sent' },
      ]);
      const received = await under.receive();
      expect(received.map(({ body }) => parseMessage(body))).toEqual([{ id: 'a' }, { id: 'b', back: 2 }]);
      expect(received.map(({ receiveCount }) => receiveCount)).toEqual([1, 1]);
      expect(await under.receive()).toEqual([]);
    });

    test('sends more than fit into one request, each answered in order', async () => {
      const under = await createQueue();
      const ids = Array.from({ length: 25 }, (_, index) => `job-${String(index).padStart(2, '0')}`);
      const results = await under.queue.send(ids.map((id) => messageTo(id)));
      expect(results).toEqual(ids.map(() => ({ kind: 'sent' })));
      expect(idsOf(await receiveAll(under))).toEqual(ids);
      expect(await under.queue.send([])).toEqual([]);
    });

    test.each(['👩‍🚀-🚀', 'Müller-作业', 'a\u0000b\u007f\uffff', 'half\ud83d', 'é'.repeat(1_024), '"\\'])(
      'takes any id: %j',
      async (id) => {
        const under = await createQueue();
        expect(await under.queue.send([messageTo(id)])).toEqual([{ kind: 'sent' }]);
        const [received] = await under.receive();
        expect(parseMessage(received?.body ?? '')).toEqual({ id });
      },
    );

    test.each([
      'tenant-1',
      '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~',
      'x'.repeat(128),
      'a tenant',
      'Müller',
      '',
      'x'.repeat(129),
    ])('takes a message of any group: %j', async (group) => {
      const under = await createQueue();
      expect(await under.queue.send([messageTo('a', { group })])).toEqual([{ kind: 'sent' }]);
      expect(idsOf(await under.receive())).toEqual(['a']);
    });

    test('keeps a message back for its delay, rounded up, and does not count it as waiting', async () => {
      const under = await createQueue();
      await under.queue.send([messageTo('late', { delayMs: 1 }), messageTo('now')]);
      expect(idsOf(await under.receive())).toEqual(['now']);
      expect(await under.queue.depth()).toBe(0);
      expect(idsOf(await under.receiveSoon())).toEqual(['late']);
    });

    test('takes no longer delays than a queue can keep', async () => {
      const under = await createQueue();
      const delays = [900_000, 900_001, 10 ** 9];
      const results = await under.queue.send(delays.map((delayMs) => messageTo('late', { delayMs })));
      expect(results).toEqual(delays.map(() => ({ kind: 'sent' })));
      expect(await under.receive()).toEqual([]);
    });

    test('counts what could be received now', async () => {
      const under = await createQueue();
      expect(await under.queue.depth()).toBe(0);
      await under.queue.send(['a', 'b', 'c'].map((id) => messageTo(id)));
      expect(await under.queue.depth()).toBe(3);
      const [first] = await under.receive();
      expect(await under.queue.depth()).toBe(0);
      await under.queue.release([first?.receiptHandle ?? '']);
      expect(await under.queue.depth()).toBe(1);
    });

    test('shows a released message at once, received once more', async () => {
      const under = await createQueue();
      await under.queue.send([messageTo('a'), messageTo('b')]);
      const received = await under.receive();
      await under.queue.release(received.map(({ receiptHandle }) => receiptHandle).slice(0, 1));
      expect(await under.receive()).toMatchObject([{ body: received[0]?.body, receiveCount: 2 }]);
    });

    test('deletes acknowledged messages, more than fit into one request', async () => {
      const under = await createQueue();
      const ids = Array.from({ length: 12 }, (_, index) => `job-${String(index).padStart(2, '0')}`);
      await under.queue.send(ids.map((id) => messageTo(id)));
      const received = await receiveAll(under);
      const isKept = ({ body }: Received): boolean => parseMessage(body)?.id === 'job-05';
      await under.queue.acknowledge(
        received.filter((message) => !isKept(message)).map((message) => message.receiptHandle),
      );
      await under.queue.release(received.map(({ receiptHandle }) => receiptHandle));
      expect(idsOf(await receiveAll(under))).toEqual(['job-05']);
    });

    test('does not mind handles that mean nothing any more', async () => {
      const under = await createQueue();
      await under.queue.send([messageTo('a')]);
      const handles = (await under.receive()).map(({ receiptHandle }) => receiptHandle);
      await under.queue.acknowledge(handles);
      await under.queue.acknowledge([...handles, 'nonsense']);
      await under.queue.release([...handles, ...handles, 'nonsense']);
      await under.queue.acknowledge([]);
      await under.queue.release([]);
      expect(await under.receive()).toEqual([]);
    });

    test('gives a message up that was received too often', async () => {
      const under = await createQueue();
      await under.queue.send([messageTo('poison')]);
      for (const receiveCount of [1, 2]) {
        const [message] = await under.receive();
        expect(message).toMatchObject({ receiveCount });
        await under.queue.release([message?.receiptHandle ?? '']);
      }
      expect(await under.receive()).toEqual([]);
      expect(await under.receiveDead()).toMatchObject([{ body: expect.stringContaining('"poison"'), attributes: {} }]);
    });

    test('sends dead letters with their reason beside them, past the queue', async () => {
      const under = await createQueue();
      const ids = Array.from({ length: 12 }, (_, index) => `job-${index}`);
      expect(await under.queue.sendDeadLetters(ids.map((id) => letterOf(id)))).toEqual(
        ids.map(() => ({ kind: 'sent' })),
      );
      const dead = [...(await under.receiveDead()), ...(await under.receiveDead())];
      expect(dead).toHaveLength(12);
      for (const { body, attributes } of dead) {
        expect(parseMessage(body)).toEqual({ id: expect.stringMatching(/^job-/), dead: 3 });
        expect(attributes).toEqual({
          type: 'sleep',
          reason: 'crashed',
          detail: 'The run ended without a word.',
        });
      }
      expect(await under.receive()).toEqual([]);
    });

    test.each([
      ['is long', 'x'.repeat(100_000)],
      ['is empty', ''],
      ['holds what queues refuse', 'Müller 👩‍🚀 \u0000\ud83d\uffff\r\n\ttext'],
    ])('sends a dead letter whose detail %s', async (_, detail) => {
      const under = await createQueue();
      expect(await under.queue.sendDeadLetters([letterOf('a', { detail })])).toEqual([{ kind: 'sent' }]);
      const [dead] = await under.receiveDead();
      expect(parseMessage(dead?.body ?? '')).toEqual({ id: 'a', dead: 3 });
      expect(dead?.attributes).toMatchObject({ type: 'sleep', reason: 'crashed' });
    });
  });
}
