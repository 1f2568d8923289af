import { describe, expect, it } from 'vitest';
import { createFaults } from './faults.ts';
import { echo, jobOf, messageOf, setup } from './sample-jobs.ts';

const MINUTE_MS = 60_000;

describe('a submit', () => {
  it('that is due now is written as dispatched and sends its message itself, so that the job starts at once', async () => {
    const stack = setup();
    const { id } = await stack.submit(echo.definition, { a: 1 });
    expect(stack.store.getRaw(id)).toMatchObject({
      status: 'dispatched',
      attempt: 0,
      nextAt: stack.clock.now() + MINUTE_MS,
    });
    await stack.clock.run(stack.deliver());
    expect(await stack.get(id)).toMatchObject({ status: 'completed', result: '{"a":1}' });
    expect(stack.recorder.changes.map(({ event }) => event)).toEqual(['complete']);
  });

  it('that is due within 15 minutes rides on the delay of the queue', async () => {
    const stack = setup();
    const { id } = await stack.submit(echo.definition, 1, { runAt: stack.clock.now() + 15 * MINUTE_MS });
    expect(stack.store.getRaw(id)).toMatchObject({ status: 'dispatched', nextAt: stack.clock.now() + 16 * MINUTE_MS });
    expect(stack.queue.receive()).toEqual([]);
    await stack.clock.advance(15 * MINUTE_MS);
    expect(stack.queue.receive().map(({ body }) => body)).toEqual([messageOf(id)]);
  });

  it('that is due later waits in the table, and no message is sent before', async () => {
    const stack = setup();
    const runAt = stack.clock.now() + 60 * MINUTE_MS;
    const { id } = await stack.submit(echo.definition, 1, { runAt });
    expect(stack.store.getRaw(id)).toMatchObject({ status: 'queued', nextAt: runAt });
    expect(stack.queue.size()).toBe(0);
    await stack.runToEnd();
    expect(await stack.get(id)).toMatchObject({ status: 'completed', startedAt: runAt });
  });

  it('whose send fails is accepted all the same: the deadline in the index brings it back', async () => {
    const lost = createFaults(({ method }) => (method === 'send' ? 'unavailable' : undefined));
    let isDown = true;
    const stack = setup(undefined, { wrap: (ports) => (isDown ? lost.wrap(ports) : ports) });
    const { id } = await stack.submit(echo.definition, 1);
    isDown = false;
    await stack.runToEnd();
    expect(await stack.get(id)).toMatchObject({ status: 'completed', attempt: 1 });
  });

  it('with an idempotency key finds the same job again, and another job under that key is refused', async () => {
    const stack = setup();
    const idempotencyKey = 'order-1';
    const first = await stack.submit(echo.definition, 1, { idempotencyKey });
    await stack.runToEnd();
    const again = await stack.submit(echo.definition, 1, { idempotencyKey });
    expect(again).toMatchObject({ id: first.id, status: 'completed' });
    await expect(stack.submit(echo.definition, 2, { idempotencyKey })).rejects.toMatchObject({
      code: 'idempotency-conflict',
    });
    expect(stack.recorder.totals()).toMatchObject({ submitted: 1, completed: 1 });
  });

  it('is brought back by the producer, whatever becomes of the queue', async () => {
    const stack = setup();
    for (let index = 0; index < 30; index += 1) {
      await stack.submit(echo.definition, index);
    }
    stack.queue.purge();
    await stack.runToEnd();
    expect(stack.recorder.totals()).toMatchObject({ submitted: 30, completed: 30 });
  });
});

describe('a batch', () => {
  it('claims only what starts now: what waits for its turn stays free for others', async () => {
    const stack = setup(({ sleep }) => [jobOf('job', () => sleep(1_000))], { batchConcurrency: 3 });
    for (let index = 0; index < 10; index += 1) {
      await stack.submit(jobOf('job', () => null).definition, index);
    }
    const claims: number[] = [];
    const { wrap, calls } = createFaults(() => undefined);
    const delivering = stack.deliver({ wrap });
    for (let second = 0; second < 4; second += 1) {
      await stack.clock.settle();
      claims.push(stack.recorder.claims.length);
      await stack.clock.advance(1_000);
    }
    await stack.clock.run(delivering);
    expect(claims).toEqual([3, 6, 9, 10]);
    // The first wave is one call.
    expect(new Set(calls.filter(({ method }) => method === 'claim').map(({ index }) => index)).size).toBe(8);
  });

  it('tells apart who else won, what is throttled, what is refused and what concerns one item only', async () => {
    const stack = setup();
    const ids: string[] = [];
    for (const name of ['won', 'throttled', 'refused', 'too large', 'fine']) {
      ids.push((await stack.submit(echo.definition, name)).id);
    }
    const [won = '', throttled = '', refused = '', large = '', fine = ''] = ids;
    await stack.store.claim([
      { id: won, token: 'other', now: stack.clock.now(), solo: false, fitMs: undefined, leaseMarginMs: 5_000 },
    ]);
    const { wrap } = createFaults(({ method, id }) =>
      method !== 'claim'
        ? undefined
        : id === throttled
          ? 'unavailable'
          : id === refused
            ? 'denied'
            : id === large
              ? 'invalid'
              : undefined,
    );
    expect(await stack.clock.run(stack.deliver({ wrap }))).toEqual({
      failedMessageIds: ['message-2', 'message-3'],
      mustExit: false,
    });
    expect(await stack.get(won)).toMatchObject({ status: 'running', token: 'other' });
    expect(await stack.get(throttled)).toMatchObject({ status: 'dispatched' });
    expect(await stack.get(refused)).toMatchObject({ status: 'dispatched' });
    expect(await stack.get(large)).toMatchObject({ status: 'failed', error: { name: 'malformed' } });
    expect(await stack.get(fine)).toMatchObject({ status: 'completed' });
  });
});
