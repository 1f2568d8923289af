import { expect, test } from 'vitest';
import { createMemoryJobQueue, type MemoryJobQueueOptions } from '../../lib/memory/index.ts';

function setup(options: Partial<MemoryJobQueueOptions> = {}) {
  let now = 1_000;
  const queue = createMemoryJobQueue({ clock: { now: () => now, sleep: async () => {} }, ...options });
  const pass = (delayMs: number): void => {
    now += delayMs;
  };
  return { queue, pass };
}

test('a received message comes back after the visibility timeout, and its old handle no longer works', async () => {
  const { queue, pass } = setup({ visibilityTimeoutMs: 30_000 });
  await queue.send([{ message: { id: 'a' }, delayMs: 0, group: 'tenant-1' }]);
  const [first] = queue.receive();
  expect(first).toMatchObject({ receiveCount: 1, sentAt: 1_000, group: 'tenant-1' });
  pass(29_999);
  expect(queue.receive()).toEqual([]);
  pass(1);
  const [second] = queue.receive();
  expect(second).toMatchObject({ receiveCount: 2, messageId: first?.messageId });
  await queue.acknowledge([first?.receiptHandle ?? '']);
  expect(queue.size()).toBe(1);
  await queue.acknowledge([second?.receiptHandle ?? '']);
  expect(queue.size()).toBe(0);
});

test('dead messages come back by a redrive, with a receive count of their own', async () => {
  const { queue } = setup({ maxReceiveCount: 1 });
  queue.sendRaw('garbage');
  await queue.sendDeadLetters([{ message: { id: 'a', dead: 1 }, type: 't', reason: 'r', detail: 'd' }]);
  await queue.release(queue.receive().map(({ receiptHandle }) => receiptHandle));
  expect(queue.receive()).toEqual([]);
  expect(queue.listDead()).toEqual([
    { body: '{"v":1,"id":"a","dead":1}', attributes: { type: 't', reason: 'r', detail: 'd' } },
    { body: 'garbage', attributes: {} },
  ]);
  expect(queue.redriveDead()).toBe(2);
  expect(queue.listDead()).toEqual([]);
  expect(queue.receive().map(({ body, receiveCount }) => [body, receiveCount])).toEqual([
    ['{"v":1,"id":"a","dead":1}', 1],
    ['garbage', 1],
  ]);
});

test('a purge loses every message, a receive takes no more than it is asked for', async () => {
  const { queue } = setup();
  await queue.send(['a', 'b', 'c'].map((id) => ({ message: { id }, delayMs: 0 })));
  expect(queue.receive(2)).toHaveLength(2);
  expect(queue.size()).toBe(3);
  queue.purge();
  expect(queue.size()).toBe(0);
  expect(await queue.depth()).toBe(0);
});
