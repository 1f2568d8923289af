import { describe, expect, it } from 'vitest';
import { createFaults } from '../faults.ts';
import { type Fixture, messageOf, rawPut, setup } from '../sample-jobs.ts';

function putDue(stack: Fixture, count: number): void {
  for (let index = 0; index < count; index += 1) {
    const id = `job-${String(index).padStart(3, '0')}`;
    stack.store.putRaw(rawPut({ id, nextAt: stack.clock.now(), lane: `default#live#${index % 4}` }));
  }
}

describe('the cap on the length of the queue', () => {
  it('is shared by all lanes of a pass: nothing is sent above it', async () => {
    const stack = setup(undefined, { queueDepthCap: 25 });
    putDue(stack, 100);
    stack.queue.sendRaw('whatever');
    expect(await stack.sweep()).toMatchObject({ accepted: 24, capped: true });
    expect(stack.queue.size()).toBe(25);
    expect(await stack.sweep()).toMatchObject({ accepted: 0, capped: true });
    expect(stack.queue.size()).toBe(25);
    expect(stack.recorder.countOf('DepthCapped')).toBe(2);
  });

  it('holds for what is sent again too: a job that waits in a long queue is not lost', async () => {
    const stack = setup(undefined, { queueDepthCap: 10 });
    putDue(stack, 10);
    await stack.sweep();
    await stack.clock.advance(60_000);
    expect(await stack.sweep()).toMatchObject({ accepted: 0, capped: true });
    expect(stack.queue.size()).toBe(10);
  });

  it('counts what could be received now, so that delayed messages keep no other job waiting', async () => {
    const stack = setup(undefined, { queueDepthCap: 1 });
    await stack.queue.send([
      { message: { id: 'x' }, delayMs: 900_000 },
      { message: { id: 'y' }, delayMs: 900_000 },
    ]);
    putDue(stack, 1);
    expect(await stack.sweep()).toMatchObject({ accepted: 1 });
  });

  it('does not hold up what needs no message', async () => {
    const stack = setup(undefined, { queueDepthCap: 1 });
    const nextAt = stack.clock.now();
    stack.queue.sendRaw('whatever');
    stack.store.putRaw(rawPut({ id: 'dispatch', nextAt }));
    stack.store.putRaw(rawPut({ id: 'cancel', nextAt, cancelRequested: true }));
    stack.store.putRaw(rawPut({ id: 'reject', nextAt, input: 5 }));
    stack.store.putRaw(rawPut({ id: 'postpone', nextAt, dueAt: nextAt + 3_600_000 }));
    expect(await stack.sweep()).toMatchObject({ accepted: 3, capped: true });
    expect(await stack.get('dispatch')).toMatchObject({ status: 'queued' });
    expect(await stack.get('cancel')).toMatchObject({ status: 'canceled' });
    expect(await stack.get('reject')).toMatchObject({ status: 'failed' });
  });

  it('reads no more than a page of each lane while the queue is full', async () => {
    const stack = setup(undefined, { queueDepthCap: 1 });
    stack.queue.sendRaw('whatever');
    putDue(stack, 1_000);
    const { wrap, calls } = createFaults(() => undefined);
    await stack.sweep({ wrap });
    expect(calls.filter(({ method }) => method === 'read')).toHaveLength(4);
  });

  it('is looked at once a pass, and only when there is something to do', async () => {
    const stack = setup();
    const idle = createFaults(() => undefined);
    await stack.sweep({ wrap: idle.wrap });
    expect(idle.calls.map(({ method }) => method)).toEqual(['findDue', 'findDue', 'findDue', 'findDue']);
    putDue(stack, 8);
    const busy = createFaults(() => undefined);
    await stack.sweep({ wrap: busy.wrap });
    expect(busy.calls.filter(({ method }) => method === 'depth')).toHaveLength(1);
  });

  it('is no idleness: the invocation stays and sends as soon as there is room', async () => {
    const stack = setup(undefined, { queueDepthCap: 10 });
    putDue(stack, 20);
    const producing = stack.produce();
    await stack.clock.advance(20_000);
    expect(stack.queue.size()).toBe(10);
    const received = stack.queue.receive(10);
    await stack.queue.acknowledge(received.map(({ receiptHandle }) => receiptHandle));
    await stack.clock.advance(1_000);
    expect(stack.queue.size()).toBe(10);
    expect(await stack.clock.run(producing)).toMatchObject({ accepted: 20 });
  });

  it('sends nothing while the queue does not tell its length, but does the rest', async () => {
    const stack = setup();
    stack.store.putRaw(rawPut({ id: 'cancel', nextAt: stack.clock.now(), cancelRequested: true }));
    putDue(stack, 5);
    const { wrap } = createFaults(({ method }) => (method === 'depth' ? 'unavailable' : undefined));
    expect(await stack.sweep({ wrap })).toMatchObject({ accepted: 1, trouble: { code: 'unavailable' } });
    expect(stack.queue.size()).toBe(0);
    expect(await stack.sweep()).toMatchObject({ accepted: 5, trouble: undefined });
  });

  it('prefers those that have waited longest', async () => {
    const stack = setup(undefined, { queueDepthCap: 1, policy: { shards: 1 } });
    const now = stack.clock.now();
    stack.store.putRaw(rawPut({ id: 'young', nextAt: now }));
    stack.store.putRaw(rawPut({ id: 'old', nextAt: now - 1_000 }));
    await stack.sweep();
    expect(stack.queue.receive().map(({ body }) => body)).toEqual([messageOf('old')]);
  });
});
