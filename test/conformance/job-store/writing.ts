import { describe, expect, test } from 'vitest';
import type { Change, StoredJob } from '../../../lib/core/index.ts';
import {
  apply,
  changeOf,
  claimJob,
  completeRawItem,
  HOUR,
  NOW,
  noise,
  putJob,
  rawItem,
  readJob,
  readOne,
  runJob,
} from './jobs.ts';
import type { GetStore, StoreGap } from './store-under-test.ts';

const FAILURE = { name: 'fail', error: { name: 'Error', message: 'no luck' }, permanent: false, delayMs: 0 } as const;

export function describeWriting(get: GetStore, gaps: readonly StoreGap[]): void {
  const write = async (change: Change) => (await get().store.write([change]))[0] ?? expect.fail();

  describe('write as read', () => {
    test('is accepted when nothing happened, and the job is then as decided', async () => {
      const stored = await putJob(get());
      const after = await apply(get(), changeOf(stored, { name: 'sweep' }, { now: NOW + HOUR }));
      expect(after).toMatchObject({ status: 'dispatched', dispatches: 2 });
      expect((await readJob(get(), stored.job.id)).job).toEqual(after);
    });

    test('removes what the change removes', async () => {
      const { id } = await runJob(get());
      const after = await apply(get(), changeOf(await readJob(get(), id), { name: 'sweep' }, { now: NOW + HOUR }));
      expect(after).not.toHaveProperty('token');
      const { job } = await readJob(get(), id);
      expect(job).toEqual(after);
      expect(job).not.toHaveProperty('leaseUntil');
    });

    test.each([
      ['the status', { status: 'dispatched' }],
      ['the attempt', { attempt: 1 }],
      ['nextAt', { nextAt: NOW + 1 }],
      ['a cancel request', { cancelRequested: true }],
      ['an attempt where there was none', { attempt: 0 }, { attempt: undefined }],
      ['no attempt where there was one', { attempt: undefined }, { attempt: 0 }],
      ['no cancel request where there was one', { cancelRequested: undefined }, { cancelRequested: true }],
    ])('is refused for a change of %s, with what is there', async (_, changed, seen?: object) => {
      const item = completeRawItem({ ...seen });
      await get().putRaw(item);
      const change = changeOf(await readJob(get(), item.id), { name: 'sweep' });
      await get().putRaw({ ...completeRawItem(changed), id: item.id });
      const current = await readOne(get(), item.id);
      expect(await write(change)).toEqual({ kind: 'refused', current });
      expect(await readOne(get(), item.id)).toEqual(current);
    });

    test('is refused for a job that ended, was re-opened and ended once more in the same attempt', async () => {
      const { job } = await putJob(get());
      const cancel = async (now: number) =>
        await apply(get(), changeOf(await readJob(get(), job.id), { name: 'cancel' }, { now }));
      await cancel(NOW);
      const retry = changeOf(await readJob(get(), job.id), { name: 'retry' });
      await apply(get(), retry);
      await cancel(NOW + 1);
      const current = await readJob(get(), job.id);
      expect(await write(retry)).toEqual({ kind: 'refused', current });
    });

    test.each([
      ['a text', { attempt: '7' }],
      ['a fraction', { attempt: 1.5 }],
      ['a negative number', { attempt: -1 }],
      ['a number of 31 digits', { attempt: 10n ** 30n }],
      ['a number of 38 digits', { attempt: 12345678901234567890123456789012345678n }],
      ['a huge nextAt', { nextAt: 10n ** 37n }],
      ['a number as status', { status: 5 }],
      ['null as attempt', { attempt: null }],
      ['false as cancel request', { cancelRequested: false }],
      ['an input that is none', { input: 5 }],
    ])('compares what is odd exactly as stored: %s', (_, fields) => expectRejection(fields));

    test.skipIf(gaps.includes('equality-of-documents')).each([
      ['a map as status', { status: { name: 'queued', level: 1.25 } }],
      ['a list as cancel request', { cancelRequested: [1, 'a', true] }],
    ])('compares what is odd exactly as stored: %s', (_, fields) => expectRejection(fields));

    const expectRejection = async (fields: object): Promise<void> => {
      const item = completeRawItem({ ...fields });
      await get().putRaw(item);
      const stored = await readOne(get(), item.id);
      expect(stored.kind).toBe('malformed');
      const change = changeOf(stored, { name: 'sweep' });
      const after = await apply(get(), change);
      expect(after).toMatchObject({ status: 'failed', error: { name: 'malformed' } });
      const { job, complete } = await readJob(get(), item.id);
      expect(complete).toBe(true);
      expect({ ...job, input: undefined }).toEqual({ ...after, input: undefined });
      expect(await write(change)).toMatchObject({ kind: 'refused' });
    };

    test('tells numbers apart that a double would round to the same', async () => {
      const item = completeRawItem({ attempt: 10n ** 30n + 1n });
      await get().putRaw(item);
      const change = changeOf(await readOne(get(), item.id), { name: 'sweep' });
      await get().putRaw({ ...item, attempt: 10n ** 30n + 2n });
      expect(await write(change)).toMatchObject({ kind: 'refused', current: { kind: 'malformed' } });
    });

    test('fills in what a raw put lacks, and leaves its input as it was written', async () => {
      const item = rawItem({ input: { seconds: 1, list: [1, 'zwei', null] }, note: 'of its author' });
      await get().putRaw(item);
      const stored = await readJob(get(), item.id);
      expect(stored.complete).toBe(false);
      const after = await apply(get(), changeOf(stored, { name: 'sweep' }));
      const { job, complete } = await readJob(get(), item.id);
      expect(complete).toBe(true);
      expect(job).toEqual(after);
      expect(JSON.parse(job.input)).toEqual(item['input']);
      await claimJob(get(), item.id);
    });

    test('puts an item in order that has what is foreign to its status', async () => {
      const item = completeRawItem({ leaseUntil: NOW, solo: true, dispatches: 1 });
      await get().putRaw(item);
      const after = await apply(get(), changeOf(await readJob(get(), item.id), { name: 'sweep' }));
      expect(await readJob(get(), item.id)).toMatchObject({ job: after, complete: true });
    });

    test('never creates a job', async () => {
      for (const item of [completeRawItem(), rawItem()]) {
        await get().putRaw(item);
        const change = changeOf(await readJob(get(), item.id), { name: 'sweep' });
        await get().deleteRaw(item.id);
        expect(await write(change)).toEqual({ kind: 'refused', current: { kind: 'absent', id: item.id } });
        const blind: Change = {
          ...change,
          guard: {
            kind: 'as-read',
            seen: { status: undefined, attempt: undefined, nextAt: undefined, cancelRequested: undefined },
          },
        };
        expect(await write(blind)).toEqual({ kind: 'refused', current: { kind: 'absent', id: item.id } });
      }
    });

    test('lets exactly one of several writers win, and shows the winner to the others', async () => {
      const stored = await putJob(get());
      const changes = Array.from({ length: 10 }, (_, writer) =>
        changeOf(stored, { name: 'sweep' }, { now: NOW + HOUR + writer }),
      );
      const results = await get().store.write(changes);
      const won = results.findIndex(({ kind }) => kind === 'accepted');
      expect(results.filter(({ kind }) => kind === 'accepted')).toHaveLength(1);
      for (const result of results.filter(({ kind }) => kind !== 'accepted')) {
        expect(result).toMatchObject({ kind: 'refused', current: { job: changes[won]?.after } });
      }
    });
  });

  describe('write of an own run', () => {
    test('is accepted for the run that owns the job', async () => {
      const running = await runJob(get());
      const stored = await readJob(get(), running.id);
      const text = JSON.stringify({ text: 'größer '.repeat(100) });
      const after = await apply(get(), changeOf(stored, { name: 'complete', result: text, progress: '0.5' }));
      expect(after).toMatchObject({ status: 'completed', result: text, token: running.token });
      expect((await readJob(get(), running.id)).job).toEqual(after);
    });

    test('knows nothing of nextAt, which the producer may move', async () => {
      const running = await runJob(get(), { leaseMs: 120_000 });
      const stored = await readJob(get(), running.id);
      const swept = changeOf(stored, { name: 'sweep' }, { now: stored.job.nextAt ?? 0 });
      expect(swept).toMatchObject({ event: 'await-lease', set: { nextAt: running.leaseUntil } });
      await apply(get(), swept);
      await apply(get(), changeOf(stored, { name: 'complete', result: '1' }));
    });

    test.each([
      ['token', { token: 'another' }],
      ['attempt', { attempt: 2 }],
    ])('is refused for another %s, with what is there', async (_, other) => {
      const running = await runJob(get());
      const stored = await readJob(get(), running.id);
      const mine = changeOf(stored, { name: 'complete', result: '1' });
      const guard = mine.guard.kind === 'own-run' ? { ...mine.guard, ...other } : expect.fail();
      expect(await write({ ...mine, guard })).toEqual({ kind: 'refused', current: stored });
      expect(await readJob(get(), running.id)).toEqual(stored);
    });

    test('is refused once the lease was ended by another, and for the worker that was outlived', async () => {
      const first = await runJob(get());
      const stale = await readJob(get(), first.id);
      await apply(get(), changeOf(stale, { name: 'sweep' }, { now: NOW + HOUR }));
      const outcome = changeOf(stale, { name: 'complete', result: '1' });
      expect(await write(outcome)).toMatchObject({ kind: 'refused', current: { job: { status: 'dispatched' } } });
      const second = await claimJob(get(), first.id, { token: 'second', now: NOW + HOUR, solo: true });
      expect(await write(outcome)).toMatchObject({ kind: 'refused', current: { job: second } });
    });

    test('gives way to a cancel request, unless it completes the job', async () => {
      const running = await runJob(get());
      const before = await readJob(get(), running.id);
      await apply(get(), changeOf(before, { name: 'cancel' }));
      const failure = changeOf(before, FAILURE);
      expect(await write(failure)).toMatchObject({ kind: 'refused', current: { job: { cancelRequested: true } } });
      const after = await apply(get(), changeOf(before, { name: 'complete', result: '1' }));
      const { job } = await readJob(get(), running.id);
      expect(job).toEqual(after);
      expect(job).not.toHaveProperty('cancelRequested');
    });

    test('is refused when it had landed before, and its own token tells', async () => {
      const running = await runJob(get());
      const change = changeOf(await readJob(get(), running.id), FAILURE);
      await apply(get(), change);
      expect(await write(change)).toMatchObject({
        kind: 'refused',
        current: { job: { status: 'dispatched', token: running.token, attempt: 1, failures: 1 } },
      });
    });

    test('fails for a result that is larger than an item can be, and leaves the job as it was', async () => {
      const running = await runJob(get());
      const stored = await readJob(get(), running.id);
      const change = changeOf(stored, { name: 'complete', result: JSON.stringify(noise(600_000)) });
      expect(await write(change)).toEqual({ kind: 'error', error: expect.objectContaining({ code: 'invalid' }) });
      expect(await readJob(get(), running.id)).toEqual(stored);
    });
  });

  describe('write for a dead letter', () => {
    const failJob = async (): Promise<StoredJob> => {
      const { id } = await runJob(get());
      await apply(get(), changeOf(await readJob(get(), id), { ...FAILURE, permanent: true }));
      return await readJob(get(), id);
    };

    test('re-opens the job that is still failed in that attempt', async () => {
      const failed = await failJob();
      const after = await apply(get(), changeOf(failed, { name: 'redrive', attempt: 1 }));
      expect(after).toMatchObject({ status: 'dispatched', failures: 0, attempt: 1 });
      expect((await readJob(get(), failed.job.id)).job).toEqual(after);
    });

    test('is refused in another attempt, and once the job is no longer failed', async () => {
      const failed = await failJob();
      const redrive = changeOf(failed, { name: 'redrive', attempt: 1 });
      expect(await write({ ...redrive, guard: { kind: 'dead-letter', attempt: 2 } })).toEqual({
        kind: 'refused',
        current: failed,
      });
      await apply(get(), redrive);
      expect(await write(redrive)).toMatchObject({ kind: 'refused', current: { job: { status: 'dispatched' } } });
    });
  });

  test('an expiry is kept to the second, and goes when the job is re-opened', async () => {
    const { id } = await runJob(get());
    const after = await apply(get(), changeOf(await readJob(get(), id), { ...FAILURE, permanent: true }));
    const expiresAt = after.status === 'failed' ? after.expiresAt : expect.fail();
    expect(expiresAt % 1_000).toBe(0);
    expect((await readJob(get(), id)).job).toMatchObject({ expiresAt });
    await apply(get(), changeOf(await readJob(get(), id), { name: 'retry' }));
    expect((await readJob(get(), id)).job).not.toHaveProperty('expiresAt');
  });

  test('each write of a batch is answered on its own, in order', async () => {
    const [first, second] = [await putJob(get()), await putJob(get())];
    const changes = [first, second].map((stored) => changeOf(stored, { name: 'cancel' }));
    const [one, two] = changes;
    expect(await get().store.write(one && two ? [one, one, { ...two, id: '' }, two] : [])).toMatchObject([
      { kind: expect.stringMatching(/accepted|refused/) },
      { kind: expect.stringMatching(/accepted|refused/) },
      { kind: 'refused', current: { kind: 'absent', id: '' } },
      { kind: 'accepted' },
    ]);
    expect(await get().store.write([])).toEqual([]);
  });
}
