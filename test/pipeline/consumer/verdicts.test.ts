import { describe, expect, it } from 'vitest';
import { type Call, createFaults, type Fault } from '../faults.ts';
import { echo, type Fixture, jobOf, messageOf, setup, thrower } from '../sample-jobs.ts';

const VISIBILITY_TIMEOUT_MS = 360_000;

async function submitMany(stack: Fixture, count: number): Promise<readonly string[]> {
  const ids: string[] = [];
  for (let index = 0; index < count; index += 1) {
    ids.push((await stack.submit(echo.definition, index)).id);
  }
  return ids;
}

const only =
  (method: string, fault: Fault, id?: string) =>
  (call: Call): Fault =>
    call.method === method && (id === undefined || call.id === id) ? fault : undefined;

describe('a message is acknowledged if and only if its outcome is in the table', () => {
  it('which is so for jobs that ended well', async () => {
    const stack = setup();
    const ids = await submitMany(stack, 10);
    expect(await stack.clock.run(stack.deliver())).toEqual({ failedMessageIds: [], mustExit: false });
    expect(stack.queue.size()).toBe(0);
    for (const [index, id] of ids.entries()) {
      expect(await stack.get(id)).toMatchObject({ status: 'completed', result: String(index), attempt: 1 });
    }
  });

  it('and not for one whose outcome could not be recorded: its mates are not held up', async () => {
    const stack = setup();
    const [, second] = await submitMany(stack, 3);
    const { wrap } = createFaults(only('write', 'unavailable', second));
    const result = await stack.clock.run(stack.deliver({ wrap }));
    expect(result.failedMessageIds).toEqual(['message-2']);
    expect(stack.queue.size()).toBe(1);
    await stack.runToEnd();
    expect(stack.recorder.totals()).toMatchObject({ completed: 3 });
  });

  it('tries to record an outcome for as long as the invocation lasts', async () => {
    const stack = setup();
    const [id] = await submitMany(stack, 1);
    const until = stack.clock.now() + 20_000;
    const { wrap } = createFaults((call) =>
      call.method === 'write' && stack.clock.now() < until ? 'unavailable' : undefined,
    );
    expect(await stack.clock.run(stack.deliver({ wrap }))).toMatchObject({ failedMessageIds: [] });
    expect(await stack.get(id ?? '')).toMatchObject({ status: 'completed', attempt: 1 });
  });

  it('keeps a message whose job could not be claimed, uncharged', async () => {
    const stack = setup();
    const [first] = await submitMany(stack, 2);
    const { wrap } = createFaults(only('claim', 'unavailable', first));
    expect(await stack.clock.run(stack.deliver({ wrap }))).toMatchObject({ failedMessageIds: ['message-1'] });
    expect(await stack.get(first ?? '')).toMatchObject({ status: 'dispatched', attempt: 0, failures: 0 });
    await stack.clock.advance(VISIBILITY_TIMEOUT_MS);
    await stack.clock.run(stack.deliver());
    expect(await stack.get(first ?? '')).toMatchObject({ status: 'completed', attempt: 1 });
  });

  it.each<[string, Fault]>([
    ['is unavailable', 'unavailable'],
    ['refuses permission', 'denied'],
    ['throws', 'throw'],
  ])('throws when the table %s for every message, so that polling backs off', async (_, fault) => {
    const stack = setup();
    await submitMany(stack, 3);
    stack.queue.sendRaw('garbage');
    const { wrap } = createFaults(({ method }) => (method === 'release' ? undefined : fault));
    await expect(stack.clock.run(stack.deliver({ wrap }))).rejects.toMatchObject({
      name: 'AccessError',
      code: fault === 'denied' ? 'denied' : 'unavailable',
    });
    expect(stack.queue.size()).toBe(4);
    await stack.runToEnd();
    expect(stack.recorder.totals()).toMatchObject({ completed: 3 });
  });

  it('throws as well when the table went away before any outcome was recorded', async () => {
    const stack = setup();
    await submitMany(stack, 2);
    const { wrap } = createFaults(only('write', 'unavailable'));
    await expect(stack.clock.run(stack.deliver({ wrap }))).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('answers, and does not throw, when the table could be reached for one of them', async () => {
    const stack = setup();
    const [first] = await submitMany(stack, 3);
    const { wrap } = createFaults(({ method, id }) => (method === 'claim' && id !== first ? 'unavailable' : undefined));
    expect(await stack.clock.run(stack.deliver({ wrap }))).toEqual({
      failedMessageIds: ['message-2', 'message-3'],
      mustExit: false,
    });
  });
});

describe('the answer is well formed whatever happens', () => {
  it('to an empty batch', async () => {
    const stack = setup();
    expect(await stack.deliver()).toEqual({ failedMessageIds: [], mustExit: false });
  });

  it('names each message at most once, and only messages of the batch', async () => {
    const stack = setup(() => [echo, thrower]);
    const ids = await submitMany(stack, 4);
    for (const body of ['garbage', messageOf('nobody'), messageOf(ids[0] ?? ''), '{"v":2,"id":"a"}', '']) {
      stack.queue.sendRaw(body);
    }
    const { wrap } = createFaults(only('write', 'unavailable', ids[1]));
    const { failedMessageIds } = await stack.clock.run(stack.deliver({ wrap }));
    expect([...failedMessageIds].sort()).toEqual(['message-2', 'message-5', 'message-6', 'message-8', 'message-9']);
  });

  it.each(['claim', 'write', 'read', 'send', 'sendDeadLetters', 'release'])(
    'when a port throws although it must not: %s',
    async (method) => {
      const stack = setup(() => [echo, thrower]);
      const [first] = await submitMany(stack, 2);
      await stack.submit(thrower.definition, 1, { maxAttempts: 1 });
      await stack.submit(thrower.definition, 1);
      stack.queue.sendRaw('garbage');
      stack.queue.sendRaw(messageOf(first ?? ''));
      let count = 0;
      const { wrap } = createFaults((call) => {
        count += call.method === method ? 1 : 0;
        return call.method === method && (method !== 'claim' || count === 1) ? 'throw' : undefined;
      });
      const outcome = await stack.clock
        .run(stack.deliver({ wrap }))
        .catch((error: unknown) => ({ thrown: (error as { readonly code: string }).code }));
      expect([{ mustExit: false, failedMessageIds: expect.any(Array) }, { thrown: 'unavailable' }]).toContainEqual(
        outcome,
      );
      await stack.runToEnd();
      expect(stack.recorder.totals()).toMatchObject({ submitted: 4, completed: 2, failed: 2 });
    },
  );

  it('when a port throws while handlers run: those are waited for', async () => {
    const stack = setup(
      ({ seen, sleep }) => [
        jobOf('slow', async () => {
          await sleep(5_000);
          seen.push('slow ended');
        }),
        echo,
      ],
      { batchConcurrency: 2 },
    );
    const slow = jobOf('slow', () => null);
    await stack.submit(slow.definition, 1);
    const ids = [...(await submitMany(stack, 3))];
    const { wrap } = createFaults(only('claim', 'throw', ids[1]));
    const { failedMessageIds } = await stack.clock.run(stack.deliver({ wrap }));
    expect(stack.seen).toEqual(['slow ended']);
    expect(failedMessageIds).toEqual(['message-3']);
  });
});

describe('poison', () => {
  it.each([
    ['a body that is no JSON', 'garbage'],
    ['a body of another version', '{"v":2,"id":"a"}'],
    ['a body without an id', '{"v":1}'],
    ['an id that no job has', messageOf('nobody')],
    ['an id that no store can have', messageOf('\ud800')],
  ])('is reported, made visible at once, and ends in the dead-letter queue: %s', async (_, body) => {
    const stack = setup();
    stack.queue.sendRaw(body);
    for (let receive = 1; receive <= 5; receive += 1) {
      expect(await stack.deliver()).toEqual({ failedMessageIds: ['message-1'], mustExit: false });
    }
    expect(await stack.deliver()).toEqual({ failedMessageIds: [], mustExit: false });
    expect(stack.queue.size()).toBe(0);
    expect(stack.queue.listDead()).toEqual([{ body, attributes: {} }]);
    expect(stack.recorder.countOf('PoisonMessages')).toBe(5);
  });

  it('is made visible before the handlers of its batch have ended', async () => {
    const stack = setup(({ sleep }) => [jobOf('slow', () => sleep(10_000))]);
    stack.queue.sendRaw('garbage');
    await stack.submit(jobOf('slow', () => null).definition, 1);
    const delivering = stack.deliver();
    await stack.clock.settle();
    expect(await stack.queue.depth()).toBe(1);
    await stack.clock.run(delivering);
  });
});

describe('duplicates are normal', () => {
  it('in one batch: one of them runs the job, the others are acknowledged and counted', async () => {
    const stack = setup();
    const [id = ''] = await submitMany(stack, 1);
    stack.queue.sendRaw(messageOf(id));
    stack.queue.sendRaw(messageOf(id));
    expect(await stack.clock.run(stack.deliver())).toEqual({ failedMessageIds: [], mustExit: false });
    expect(await stack.get(id)).toMatchObject({ status: 'completed', attempt: 1 });
    expect(stack.recorder.countOf('DuplicateMessages')).toBe(2);
  });

  it.each(['running', 'completed', 'canceled'] as const)(
    'of a job that is %s: acknowledged and counted',
    async (status) => {
      const stack = setup();
      const [id = ''] = await submitMany(stack, 1);
      stack.queue.purge();
      const end = { finishedAt: 1, expiresAt: 1_000, result: '1' };
      const run = { token: 'other', leaseUntil: stack.clock.now() + 1, solo: true, startedAt: 1 };
      stack.store.putRaw({ ...stack.store.getRaw(id), status, attempt: 1, ...(status === 'running' ? run : end) });
      stack.queue.sendRaw(messageOf(id));
      expect(await stack.deliver()).toEqual({ failedMessageIds: [], mustExit: false });
      expect(stack.recorder.countOf('DuplicateMessages')).toBe(1);
      expect(stack.store.getRaw(id)).toMatchObject({ status, attempt: 1 });
    },
  );

  it('of two batches at the same time: one claim wins', async () => {
    const stack = setup(({ seen, sleep }) => [
      jobOf('echo', async () => {
        seen.push('run');
        await sleep(1_000);
      }),
    ]);
    const [id = ''] = await submitMany(stack, 1);
    stack.queue.sendRaw(messageOf(id));
    await stack.clock.run(Promise.all([stack.deliver({ maxMessages: 1 }), stack.deliver({ maxMessages: 1 })]));
    expect(stack.seen).toEqual(['run']);
    expect(stack.recorder.totals()).toMatchObject({ completed: 1 });
  });
});

describe('a message that comes before its job is due', () => {
  it('goes round again with the remaining delay when that is within 15 minutes, and nextAt stays', async () => {
    const stack = setup();
    const [id = ''] = await submitMany(stack, 1);
    const dueAt = stack.clock.now() + 600_500;
    const before = { ...stack.store.getRaw(id), dueAt, group: 'tenant' };
    stack.store.putRaw(before);
    expect(await stack.deliver()).toMatchObject({ failedMessageIds: [] });
    expect(stack.store.getRaw(id)).toEqual(before);
    await stack.clock.advance(600_999);
    expect(stack.queue.receive()).toEqual([]);
    await stack.clock.advance(1);
    expect(stack.queue.receive()).toMatchObject([{ body: messageOf(id, { back: 1 }), group: 'tenant' }]);
  });

  it('goes round three times at most: a queue that keeps no delay must not keep consumers busy', async () => {
    const stack = setup();
    const [id = ''] = await submitMany(stack, 1);
    const dueAt = stack.clock.now() + 600_000;
    stack.store.putRaw({ ...stack.store.getRaw(id), dueAt, nextAt: dueAt + 60_000 });
    stack.queue.purge();
    stack.queue.sendRaw(messageOf(id, { back: 3 }));
    expect(await stack.deliver()).toMatchObject({ failedMessageIds: [] });
    expect(stack.queue.size()).toBe(0);
    await stack.runToEnd();
    expect(await stack.get(id)).toMatchObject({ status: 'completed', attempt: 1, startedAt: dueAt + 60_000 });
  });

  it('goes, and the job waits in the table, when that is further away', async () => {
    const stack = setup();
    const [id = ''] = await submitMany(stack, 1);
    const dueAt = stack.clock.now() + 3_600_000;
    stack.store.putRaw({ ...stack.store.getRaw(id), dueAt });
    expect(await stack.deliver()).toMatchObject({ failedMessageIds: [] });
    expect(stack.store.getRaw(id)).toMatchObject({ status: 'queued', dueAt, nextAt: dueAt });
    expect(stack.queue.size()).toBe(0);
    await stack.runToEnd();
    expect(await stack.get(id)).toMatchObject({ status: 'completed', startedAt: dueAt });
  });

  it('starts it all the same within 2 s of its time: clocks differ', async () => {
    const stack = setup();
    const [id = ''] = await submitMany(stack, 1);
    stack.store.putRaw({ ...stack.store.getRaw(id), dueAt: stack.clock.now() + 2_000 });
    await stack.clock.run(stack.deliver());
    expect(await stack.get(id)).toMatchObject({ status: 'completed' });
  });
});
