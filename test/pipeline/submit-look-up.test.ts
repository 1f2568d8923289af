import { describe, expect, it } from 'vitest';
import { LAST_TIME_MS } from '../../lib/core/index.ts';
import { getJob, submitJobs, toJobView, waitForJob } from '../../lib/pipeline/index.ts';
import { add, createStack, START } from '../http/memory-stack.ts';

async function withJob() {
  const stack = createStack();
  const [result] = await submitJobs(stack.ports, [{ definition: add, input: { left: 1, right: 2 } }]);
  if (result?.kind !== 'accepted') {
    throw new Error('not accepted');
  }
  return { ...stack, job: result.job };
}

describe('waitForJob', () => {
  it('looks often at first, then once a second', async () => {
    const { ports, job, clock } = await withJob();
    const looks: number[] = [];
    const store = {
      ...ports.store,
      read: (ids: readonly string[]) => {
        looks.push(clock.now() - START);
        return ports.store.read(ids);
      },
    };
    await waitForJob({ ...ports, store }, job.id, { timeoutMs: 10_000 });
    expect(looks.slice(0, 3)).toEqual([0, 25, 62.5]);
    expect(looks.at(-1)).toBe(10_000);
    expect(looks.length).toBeLessThan(22);
    expect(Math.max(...looks.slice(1).map((at, index) => at - (looks[index] ?? 0)))).toBe(1_000);
  });

  it('answers what was seen last when the store stops answering', async () => {
    const { ports, job, breakStore, clock } = await withJob();
    clock.in(100, () => breakStore('unavailable'));
    expect(await waitForJob(ports, job.id, { timeoutMs: 5_000 })).toEqual(job);
    expect(await waitForJob(ports, job.id, { timeoutMs: 5_000, seen: job })).toEqual(job);
    expect(clock.now()).toBe(START + 10_000);
  });

  it('fails for a job that was never seen, and at once when it may not be read', async () => {
    const { ports, job, breakStore, clock } = await withJob();
    breakStore('unavailable');
    await expect(waitForJob(ports, job.id, { timeoutMs: 5_000 })).rejects.toMatchObject({ code: 'unavailable' });
    breakStore('denied');
    await expect(waitForJob(ports, job.id, { timeoutMs: 5_000, seen: job })).rejects.toMatchObject({ code: 'denied' });
    expect(clock.now()).toBe(START);
  });

  it('waits for a malformed item to become a failed job', async () => {
    const { ports, job, store, clock } = await withJob();
    store.putRaw({ id: 'odd', status: 'queued' });
    clock.in(500, () => store.putRaw({ ...job, id: 'odd' }));
    clock.in(1_000, () => store.deleteRaw('odd'));
    expect(await waitForJob(ports, 'odd', { timeoutMs: 600 })).toMatchObject({ id: 'odd' });
  });

  it('ends when the job vanishes', async () => {
    const { ports, job, store, clock } = await withJob();
    clock.in(1_000, () => store.deleteRaw(job.id));
    expect(await waitForJob(ports, job.id, { timeoutMs: 5_000 })).toBeUndefined();
  });
});

describe('getJob', () => {
  it('takes what cannot be read as a job for none yet', async () => {
    const { ports, store } = createStack();
    store.putRaw({ id: 'odd', status: 'queued' });
    expect(await getJob(ports, 'odd')).toBeUndefined();
    expect(await getJob(ports, '')).toBeUndefined();
  });
});

describe('toJobView', () => {
  it('shows all that a job can have', async () => {
    const { ports, job, store } = await withJob();
    store.putRaw({
      ...store.getRaw(job.id),
      status: 'running',
      attempt: 2,
      token: 't',
      leaseUntil: START + 9,
      solo: true,
      startedAt: START + 1,
      cancelRequested: true,
      progress: '{"done":1}',
      group: 'g',
      error: { name: 'Error', message: 'no', attempt: 1, at: START, stack: 'secret' },
      history: [{ status: 'running', at: START, attempt: 2, detail: 'd', more: 'secret' }],
    });
    const found = await getJob(ports, job.id);
    expect(found && toJobView(found)).toEqual({
      id: job.id,
      type: 'add',
      status: 'running',
      attempt: 2,
      failures: 0,
      crashes: 0,
      maxAttempts: 5,
      progress: { done: 1 },
      group: 'g',
      createdAt: '2030-01-01T00:00:00.000Z',
      runAt: '2030-01-01T00:00:00.000Z',
      startedAt: '2030-01-01T00:00:00.001Z',
      cancelRequested: true,
      error: { name: 'Error', message: 'no', attempt: 1, at: '2030-01-01T00:00:00.000Z' },
      history: [{ status: 'running', at: '2030-01-01T00:00:00.000Z', attempt: 2, detail: 'd' }],
    });
  });

  it('says when a job is tried again', async () => {
    const { ports, job, store } = await withJob();
    store.putRaw({ ...store.getRaw(job.id), attempt: 1, failures: 1, dueAt: START + 60_000 });
    const found = await getJob(ports, job.id);
    expect(found && toJobView(found)).toMatchObject({ nextAttemptAt: '2030-01-01T00:01:00.000Z' });
  });

  it('shows the last time that there is', async () => {
    const { ports, job, store } = await withJob();
    store.putRaw({ ...store.getRaw(job.id), dueAt: LAST_TIME_MS });
    const found = await getJob(ports, job.id);
    expect(found && toJobView(found).runAt).toBe('+275760-09-13T00:00:00.000Z');
  });
});
