import { describe, expect, it } from 'vitest';
import { decide, storedFrom } from '../../../lib/core/index.ts';
import { createFaults, type Faults } from '../faults.ts';
import { deaf, echo, type Fixture, jobOf, messageOf, setup } from '../sample-jobs.ts';

/** A stack whose jobs write down when they run, and how many run beside them. */
function setUpWatched(options: Parameters<typeof setup>[1] = {}): Fixture {
  return setup(({ seen, sleep }) => {
    let running = 0;
    return [
      jobOf('job', async (input) => {
        running += 1;
        seen.push(`${input} beside ${running - 1}`);
        await sleep(1_000);
        running -= 1;
      }),
      deaf,
      echo,
    ];
  }, options);
}

const definition = jobOf('job', () => null).definition;

async function submitAll(stack: Fixture, names: readonly string[]): Promise<readonly string[]> {
  const ids: string[] = [];
  for (const name of names) {
    ids.push((await stack.submit(definition, name)).id);
  }
  return ids;
}

function makeSuspect(stack: Fixture, ...ids: readonly (string | undefined)[]): void {
  for (const id of ids) {
    stack.store.putRaw({ ...stack.store.getRaw(id ?? ''), suspect: true });
  }
}

describe('suspects run alone, after the rest of their batch is finished', () => {
  it('one after the other, nothing beside them', async () => {
    const stack = setUpWatched();
    const [a, , c] = await submitAll(stack, ['a', 'b', 'c', 'd', 'e']);
    makeSuspect(stack, a, c);
    expect(await stack.clock.run(stack.deliver())).toEqual({ failedMessageIds: [], mustExit: false });
    expect(stack.seen).toEqual(['b beside 0', 'd beside 1', 'e beside 2', 'a beside 0', 'c beside 0']);
    const solo = new Map(stack.recorder.claims.map(({ id, solo }) => [id, solo]));
    expect([...solo.values()]).toEqual([false, false, false, true, true]);
  });

  it('also when the rest comes in several waves', async () => {
    const stack = setUpWatched({ batchConcurrency: 2 });
    const [a] = await submitAll(stack, ['a', 'b', 'c', 'd']);
    makeSuspect(stack, a);
    await stack.clock.run(stack.deliver());
    expect(stack.seen.at(-1)).toBe('a beside 0');
    expect(stack.seen).toHaveLength(4);
  });

  it('also when every job runs alone anyway', async () => {
    const stack = setUpWatched({ batchConcurrency: 1 });
    const [a] = await submitAll(stack, ['a', 'b', 'c']);
    makeSuspect(stack, a);
    await stack.clock.run(stack.deliver());
    expect(stack.seen).toEqual(['b beside 0', 'c beside 0', 'a beside 0']);
  });

  it('at once when there is no rest', async () => {
    const stack = setUpWatched();
    const [a] = await submitAll(stack, ['a']);
    makeSuspect(stack, a);
    const { wrap, calls } = createFaults(() => undefined);
    await stack.clock.run(stack.deliver({ wrap }));
    expect(calls.map(({ method }) => method)).toEqual(['claim', 'write']);
  });

  it('and those that were handed back twice go first', async () => {
    const stack = setUpWatched();
    const ids = await submitAll(stack, ['a', 'b', 'c']);
    makeSuspect(stack, ids[1]);
    stack.queue.purge();
    for (const id of ids) {
      stack.queue.sendRaw(messageOf(id, { back: 2 }));
    }
    await stack.clock.run(stack.deliver());
    expect(stack.seen).toEqual(['b beside 0', 'a beside 0', 'c beside 1']);
  });

  it('but not after having been handed back once', async () => {
    const stack = setUpWatched();
    const ids = await submitAll(stack, ['a', 'b']);
    makeSuspect(stack, ids[0]);
    stack.queue.purge();
    for (const id of ids) {
      stack.queue.sendRaw(messageOf(id, { back: 1 }));
    }
    await stack.clock.run(stack.deliver());
    expect(stack.seen).toEqual(['b beside 0', 'a beside 0']);
  });

  it('and wait for their turn as usual when the table cannot tell who is suspect', async () => {
    const stack = setUpWatched();
    const ids = await submitAll(stack, ['a', 'b']);
    makeSuspect(stack, ids[0]);
    stack.queue.purge();
    for (const id of ids) {
      stack.queue.sendRaw(messageOf(id, { back: 2 }));
    }
    const { wrap } = createFaults(({ method, index }) =>
      method === 'read' && index === 0 ? 'unavailable' : undefined,
    );
    expect(await stack.clock.run(stack.deliver({ wrap }))).toMatchObject({ failedMessageIds: [] });
    expect(stack.seen).toEqual(['b beside 0', 'a beside 0']);
  });

  it('and get their turn even if the others of each batch leave them no time', async () => {
    const stack = setup(({ sleep, seen }) => [
      jobOf(
        'job',
        async (input) => {
          seen.push(String(input));
          await sleep(40_000);
        },
        { timeoutSeconds: 50 },
      ),
    ]);
    const long = jobOf('job', () => null, { timeoutSeconds: 50 }).definition;
    const { id } = await stack.submit(long, 'suspect');
    makeSuspect(stack, id);
    const turns: string[] = [];
    while ((await stack.get(id)).status !== 'completed') {
      const other = await stack.submit(long, 'other');
      await stack.clock.run(stack.deliver());
      turns.push((await stack.get(other.id)).status);
      expect(turns.length).toBeLessThan(10);
    }
    expect(turns.length).toBe(3);
  });

  it('and only the retry of a person clears the mark', async () => {
    const stack = setUpWatched();
    const [a = ''] = await submitAll(stack, ['a']);
    stack.store.putRaw({ ...stack.store.getRaw(a), suspect: true, maxAttempts: 2, type: 'thrower' });
    const failing = setup(() => [jobOf('thrower', () => Promise.reject(new Error('no')))]);
    failing.store.putRaw(stack.store.getRaw(a) ?? {});
    failing.queue.sendRaw(messageOf(a));
    await failing.clock.run(failing.deliver());
    expect(await failing.get(a)).toMatchObject({ status: 'dispatched', suspect: true });
    await failing.runToEnd();
    expect(await failing.get(a)).toMatchObject({ status: 'failed', suspect: true });
    const context = { now: failing.clock.now(), policy: failing.policy };
    const retry = decide(storedFrom(await failing.get(a)), { name: 'retry' }, context);
    await failing.store.write(retry.kind === 'change' ? [retry.change] : []);
    expect(await failing.get(a)).not.toHaveProperty('suspect');
  });
});

describe('a claim says that it is alone only if that is true', () => {
  it('for the only message of a batch', async () => {
    const stack = setUpWatched();
    await submitAll(stack, ['a']);
    await stack.clock.run(stack.deliver());
    expect(stack.recorder.claims.map(({ solo }) => solo)).toEqual([true]);
  });

  it('for every message where handlers run one at a time', async () => {
    const stack = setUpWatched({ batchConcurrency: 1 });
    await submitAll(stack, ['a', 'b', 'c']);
    await stack.clock.run(stack.deliver());
    expect(stack.recorder.claims.map(({ solo }) => solo)).toEqual([true, true, true]);
    expect(stack.seen).toEqual(['a beside 0', 'b beside 0', 'c beside 0']);
  });

  it('and not for one that starts when all others of its batch have ended', async () => {
    const stack = setUpWatched({ batchConcurrency: 2 });
    await submitAll(stack, ['a', 'b', 'c']);
    await stack.clock.run(stack.deliver());
    expect(stack.recorder.claims.map(({ solo }) => solo)).toEqual([false, false, false]);
  });

  it('and never beside a handler that was given up: nothing starts any more', async () => {
    const stack = setUpWatched();
    const { id } = await stack.submit(deaf.definition, 1);
    const [a = ''] = await submitAll(stack, ['a']);
    makeSuspect(stack, a, id);
    expect(await stack.clock.run(stack.deliver({ timeoutMs: 300_000 }))).toEqual({
      failedMessageIds: [],
      mustExit: true,
    });
    expect(stack.seen).toEqual([]);
    expect(await stack.get(a)).toMatchObject({ status: 'dispatched', attempt: 0 });
  });

  it('while the outcome of the one before is still being recorded, the next does not start', async () => {
    const stack = setUpWatched({ batchConcurrency: 1 });
    const [a] = await submitAll(stack, ['a', 'b']);
    const start = stack.clock.now();
    const { wrap } = createFaults(({ method, id }) =>
      method === 'write' && id === a && stack.clock.now() < start + 10_000 ? 'unavailable' : undefined,
    );
    await stack.clock.run(stack.deliver({ wrap }));
    expect(stack.recorder.claims[1]?.startedAt).toBeGreaterThanOrEqual(start + 10_000);
  });
});

describe('a job that ends its process', () => {
  it('can only charge and hurt itself: it fails as crashed, its mates complete uncharged', async () => {
    let current: Faults | undefined;
    const stack = setup(({ seen, sleep }) => [
      jobOf('poison', async () => {
        await sleep(500);
        current?.kill();
        await new Promise(() => {});
      }),
      jobOf('job', async (input) => {
        seen.push(String(input));
        await sleep(1_000);
      }),
    ]);
    const poison = await stack.submit(jobOf('poison', () => null).definition, 1);
    const mates = await submitAll(stack, ['a', 'b', 'c']);
    await stack.runToEnd({
      startProcess: () => {
        current = createFaults(() => undefined);
        return current;
      },
    });
    expect(await stack.get(poison.id)).toMatchObject({
      status: 'failed',
      error: { name: 'crashed' },
      crashes: 2,
      failures: 0,
      suspect: true,
      attempt: 3,
    });
    for (const id of mates) {
      expect(await stack.get(id)).toMatchObject({ status: 'completed', crashes: 0, failures: 0, attempt: 2 });
    }
    expect(stack.queue.listDead()).toMatchObject([{ body: messageOf(poison.id, { dead: 3 }) }]);
  });
});
