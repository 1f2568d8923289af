import { describe, expect, it } from 'vitest';
import type { JobStore } from '../../lib/core/index.ts';
import type { WrapPorts } from '../../lib/testing/index.ts';
import { createFaults, withStore } from './faults.ts';
import { echo, jobOf, rawPut, setup, thrower } from './sample-jobs.ts';

const DUE_LATER_MS = 3_600_000;

describe('cancelJob', () => {
  it('ends a job that waits, and its message finds nothing left to do', async () => {
    const stack = setup();
    const { id } = await stack.submit(echo.definition, 1);
    expect(await stack.cancel(id)).toMatchObject({ kind: 'done', job: { id, status: 'canceled' } });
    await stack.deliver();
    expect(await stack.get(id)).toMatchObject({ status: 'canceled', attempt: 0 });
    expect(stack.recorder.countOf('DuplicateMessages')).toBe(1);
    expect(stack.recorder.totals()).toMatchObject({ submitted: 1, canceled: 1, completed: 0 });
  });

  it('asks a running job to stop, once, and its next outcome obeys', async () => {
    const stack = setup(({ sleep }) => [
      jobOf('slow', async () => {
        await sleep(1_000);
        throw new Error('It does not work.');
      }),
    ]);
    const { id } = await stack.submit(jobOf('slow', () => null).definition, 1);
    const delivered = stack.deliver();
    await stack.clock.advance(1);
    expect(await stack.cancel(id)).toMatchObject({ kind: 'done', job: { status: 'running', cancelRequested: true } });
    expect(await stack.cancel(id)).toMatchObject({ kind: 'done', job: { status: 'running', cancelRequested: true } });
    await stack.clock.run(delivered);
    expect(await stack.get(id)).toMatchObject({ status: 'canceled', attempt: 1 });
  });

  it('refuses a final job and says how it stands', async () => {
    const stack = setup();
    const { id } = await stack.submit(echo.definition, 1);
    await stack.deliver();
    expect(await stack.cancel(id)).toMatchObject({
      kind: 'refused',
      reason: 'wrong-status',
      job: { status: 'completed' },
    });
  });

  it('finds nothing where nothing is, or nothing readable', async () => {
    const stack = setup();
    stack.store.putRaw(rawPut({ id: 'malformed', nextAt: 1, input: 5 }));
    expect(await stack.cancel('nobody')).toEqual({ kind: 'absent' });
    expect(await stack.cancel('malformed')).toEqual({ kind: 'absent' });
  });

  it('decides anew when a consumer was quicker', async () => {
    const stack = setup(({ sleep }) => [jobOf('slow', () => sleep(1_000))]);
    const { id } = await stack.submit(jobOf('slow', () => null).definition, 1);
    let delivered: Promise<unknown> | undefined;
    const afterRead = withStore((store) => ({
      read: async (ids) => {
        const stored = await store.read(ids);
        delivered ??= stack.deliver();
        await stack.clock.settle();
        return stored;
      },
    }));
    expect(await stack.cancel(id, { wrap: afterRead })).toMatchObject({ kind: 'done', job: { status: 'running' } });
    await stack.clock.run(delivered ?? Promise.resolve());
    // The handler completed first, and that wins.
    expect(await stack.get(id)).toMatchObject({ status: 'completed' });
  });

  it('gives up on a job that never stands still', async () => {
    const stack = setup();
    const { id } = await stack.submit(echo.definition, 1);
    let writes = 0;
    const alwaysLate = withStore((store) => ({
      write: async (changes) => {
        writes += 1;
        const [current] = await store.read([id]);
        return changes.map(() => ({ kind: 'refused', current: current ?? { kind: 'absent', id } }));
      },
    }));
    expect(await stack.cancel(id, { wrap: alwaysLate })).toEqual({ kind: 'contended' });
    expect(writes).toBe(10);
  });
});

describe('retryJob', () => {
  it('re-opens a failed job with new budgets and sends it at once; attempts count on', async () => {
    const stack = setup(() => [thrower]);
    const { id } = await stack.submit(thrower.definition, 1, { maxAttempts: 1 });
    await stack.deliver();
    expect(await stack.get(id)).toMatchObject({ status: 'failed', attempt: 1, failures: 1 });
    expect(await stack.retry(id)).toMatchObject({
      kind: 'done',
      job: { status: 'dispatched', failures: 0, attempt: 1 },
    });
    await stack.deliver();
    expect(await stack.get(id)).toMatchObject({ status: 'failed', attempt: 2, failures: 1 });
    expect(stack.recorder.totals()).toMatchObject({ submitted: 1, reopened: 1, failed: 2 });
  });

  it('re-opens a canceled job', async () => {
    const stack = setup();
    const { id } = await stack.submit(echo.definition, 1, { runAt: stack.clock.now() + DUE_LATER_MS });
    await stack.cancel(id);
    expect(await stack.retry(id)).toMatchObject({ kind: 'done', job: { status: 'dispatched' } });
    await stack.runToEnd();
    expect(await stack.get(id)).toMatchObject({ status: 'completed' });
  });

  it.each(['dispatched', 'completed'])('refuses a job that is %s', async (status) => {
    const stack = setup();
    const { id } = await stack.submit(echo.definition, 1);
    if (status === 'completed') {
      await stack.deliver();
    }
    expect(await stack.retry(id)).toMatchObject({ kind: 'refused', reason: 'wrong-status', job: { status } });
  });
});

describe('a write without an answer', () => {
  const repeating = (store: JobStore): Partial<JobStore> => ({
    // The first try landed and its answer was lost; the client's own second try is refused.
    write: async (changes) => {
      await store.write(changes);
      return await store.write(changes);
    },
  });

  it.each<[string, WrapPorts]>([
    ['refused at its repetition', withStore(repeating)],
    ['lost', createFaults(({ method }) => (method === 'write' ? 'lose-answer' : undefined)).wrap],
  ])('is known for our own when it had landed: %s', async (_, wrap) => {
    const stack = setup();
    const { id } = await stack.submit(echo.definition, 1);
    expect(await stack.cancel(id, { wrap })).toMatchObject({ kind: 'done', job: { status: 'canceled' } });
    expect(stack.recorder.totals()).toMatchObject({ canceled: 1 });
    expect(await stack.retry(id, { wrap })).toMatchObject({ kind: 'done', job: { status: 'dispatched' } });
    expect(stack.recorder.totals()).toMatchObject({ reopened: 1 });
    // The message of the submit, and the one of the retry.
    expect(stack.queue.size()).toBe(2);
  });

  it('fails as unavailable when it had not landed', async () => {
    const stack = setup();
    const { id } = await stack.submit(echo.definition, 1);
    const { wrap } = createFaults(({ method }) => (method === 'write' ? 'unavailable' : undefined));
    await expect(stack.cancel(id, { wrap })).rejects.toMatchObject({ code: 'unavailable' });
    expect(await stack.get(id)).toMatchObject({ status: 'dispatched' });
  });
});

describe('two people who want the same in one millisecond', () => {
  it.each(['cancel', 'retry'] as const)('know whose %s it was, and it counts once', async (wish) => {
    const stack = setup(() => [thrower]);
    const { id } = await stack.submit(thrower.definition, 1, { maxAttempts: 1 });
    if (wish === 'retry') {
      await stack.deliver();
    }
    let quicker: unknown;
    const afterRead = withStore((store) => ({
      read: async (ids) => {
        const stored = await store.read(ids);
        quicker ??= await stack[wish](id);
        return stored;
      },
    }));
    const slower = await stack[wish](id, { wrap: afterRead });
    expect(quicker).toMatchObject({ kind: 'done' });
    expect(slower).toMatchObject({ kind: 'refused', reason: 'wrong-status' });
    expect(stack.recorder.totals()).toMatchObject(wish === 'retry' ? { reopened: 1 } : { canceled: 1 });
  });
});
