import { describe, expect, test } from 'vitest';
import { claimedJob, DUE_TOLERANCE_MS, explainRefusal, type JobFields } from '../../../lib/core/index.ts';
import {
  apply,
  changeOf,
  claimJob,
  claimOf,
  completeRawItem,
  HOUR,
  NOW,
  nextId,
  putJob,
  rawItem,
  readJob,
  readOne,
  runJob,
} from './jobs.ts';
import type { GetStore } from './store-under-test.ts';

export function describeClaiming(get: GetStore): void {
  describe('claim', () => {
    test.each([
      ['dispatched', NOW],
      ['queued', NOW + HOUR],
    ])('makes a %s job run, and says how it is now', async (status, dueAt) => {
      const { job } = await putJob(get(), { dueAt });
      expect(job.status).toBe(status);
      const claim = claimOf(job.id, { now: dueAt, solo: true });
      const claimed = await claimJob(get(), job.id, claim);
      expect(claimed).toEqual(claimedJob(job, claim));
      expect(await readJob(get(), job.id)).toMatchObject({ job: claimed, complete: true });
    });

    test('ends the lease with the invocation where the claim says so', async () => {
      const { job } = await putJob(get());
      const claim = claimOf(job.id, { leaseMs: 7_000 });
      expect(await claimJob(get(), job.id, claim)).toEqual(claimedJob(job, claim));
    });

    test('lets exactly one of many win, and shows the winner to the others', async () => {
      const { job } = await putJob(get());
      const claims = Array.from({ length: 20 }, (_, worker) => claimOf(job.id, { token: `worker-${worker}` }));
      const results = (await Promise.all(claims.map((claim) => get().store.claim([claim])))).flat();
      const winners = results.filter((result) => result.kind === 'claimed');
      expect(winners).toHaveLength(1);
      const { job: winner } = winners[0] ?? expect.fail();
      for (const result of results.filter(({ kind }) => kind !== 'claimed')) {
        expect(result).toMatchObject({ kind: 'refused', current: { kind: 'job', job: winner } });
      }
    });

    test('lets exactly one of a single batch win', async () => {
      const { job } = await putJob(get());
      const results = await get().store.claim(
        [1, 2, 3].map((worker) => claimOf(job.id, { token: `worker-${worker}` })),
      );
      expect(results.map(({ kind }) => kind).sort()).toEqual(['claimed', 'refused', 'refused']);
    });

    test('is refused when it had landed before, and its own token tells', async () => {
      const { job } = await putJob(get());
      const claim = claimOf(job.id);
      const claimed = await claimJob(get(), job.id, claim);
      const [again] = await get().store.claim([claim]);
      expect(again).toMatchObject({ kind: 'refused' });
      const current = again?.kind === 'refused' ? again.current : expect.fail();
      expect(explainRefusal(current, claim)).toEqual({ kind: 'mine', job: claimed });
    });

    test('tolerates a due time a little ahead, and no more', async () => {
      const dueAt = NOW + HOUR;
      const { job } = await putJob(get(), { dueAt });
      const tooEarly = claimOf(job.id, { now: dueAt - DUE_TOLERANCE_MS - 1 });
      const [refused] = await get().store.claim([tooEarly]);
      expect(refused).toMatchObject({ kind: 'refused', current: { job } });
      await claimJob(get(), job.id, { now: dueAt - DUE_TOLERANCE_MS });
    });

    test('lets a suspect start only alone', async () => {
      const { id } = await runJob(get());
      const later = NOW + 2 * HOUR;
      const suspect = await apply(get(), changeOf(await readJob(get(), id), { name: 'sweep' }, { now: later }));
      expect(suspect).toMatchObject({ status: 'dispatched', suspect: true });
      expect(await get().store.claim([claimOf(id, { now: later })])).toMatchObject([
        { kind: 'refused', current: { job: { suspect: true } } },
      ]);
      expect(await get().store.claim([claimOf(id, { now: later, solo: true, suspectsWait: true })])).toMatchObject([
        { kind: 'refused', current: { job: { suspect: true } } },
      ]);
      expect(await claimJob(get(), id, { now: later, solo: true })).toMatchObject({ suspect: true, attempt: 2 });
    });

    test('starts only what fits into the time that is left', async () => {
      const { job } = await putJob(get());
      expect(await get().store.claim([claimOf(job.id, { fitMs: job.timeoutMs - 1 })])).toMatchObject([
        { kind: 'refused', current: { job } },
      ]);
      await claimJob(get(), job.id, { fitMs: job.timeoutMs });
    });

    test('gives way to a cancel request', async () => {
      const item = completeRawItem({ cancelRequested: true });
      await get().putRaw(item);
      expect(await get().store.claim([claimOf(item.id)])).toMatchObject([
        { kind: 'refused', current: { job: { status: 'queued', cancelRequested: true } } },
      ]);
    });

    test.each(['completed', 'failed', 'canceled', 'running'] as const)('is refused for a %s job', async (status) => {
      const running = await runJob(get());
      const stored = await readJob(get(), running.id);
      const error = { name: 'Error', message: 'no luck' };
      if (status === 'completed') {
        await apply(get(), changeOf(stored, { name: 'complete', result: '1' }));
      } else if (status === 'failed') {
        await apply(get(), changeOf(stored, { name: 'fail', error, permanent: true, delayMs: 0 }));
      } else if (status === 'canceled') {
        await apply(get(), changeOf(stored, { name: 'cancel' }));
        await apply(get(), changeOf(await readJob(get(), running.id), { name: 'interrupt' }));
      }
      const before = await readJob(get(), running.id);
      expect(before.job.status).toBe(status);
      const results = await get().store.claim([claimOf(running.id, { token: 'another', now: NOW + HOUR })]);
      expect(results).toEqual([{ kind: 'refused', current: before }]);
      expect(await readJob(get(), running.id)).toEqual(before);
    });

    test('leaves nextAt and what others wrote into the item, and forgets the dispatches', async () => {
      const item = completeRawItem({ status: 'dispatched', dispatches: 3, input: { seconds: 1, deep: [0.5, -1e21] } });
      await get().putRaw(item);
      const claimed: JobFields = await claimJob(get(), item.id);
      expect(claimed).toMatchObject({ nextAt: item['nextAt'], input: '{"seconds":1,"deep":[0.5,-1e+21]}' });
      expect(claimed.dispatches).toBeUndefined();
      expect((await readJob(get(), item.id)).job).toEqual(claimed);
    });

    test('keeps no longer a history than core does', async () => {
      const history = Array.from({ length: 10 }, (_, entry) => ({ status: 'queued', at: NOW + entry, attempt: 0 }));
      const item = completeRawItem({ history });
      await get().putRaw(item);
      const { history: kept } = await claimJob(get(), item.id);
      expect(kept).toEqual([...history.slice(1), { status: 'running', at: NOW, attempt: 1 }]);
    });

    test.each([
      ['lacks what it cannot know', rawItem()],
      ['lacks one thing', completeRawItem({ failures: undefined })],
      ['has what is foreign to its status', completeRawItem({ leaseUntil: NOW })],
      ['has dispatches while it waits', completeRawItem({ dispatches: 1 })],
    ])('is refused for a raw item that %s', async (_, item) => {
      await get().putRaw(item);
      const before = await readJob(get(), item.id);
      expect(before.complete).toBe(false);
      expect(await get().store.claim([claimOf(item.id, { solo: true })])).toEqual([
        { kind: 'refused', current: before },
      ]);
      expect(await readJob(get(), item.id)).toEqual(before);
    });

    test.each([
      ['a text for a number', { timeoutMs: '30000' }],
      ['a number beyond doubles', { attempt: 10n ** 37n }],
      ['a negative number', { failures: -1 }],
      ['an endless timeout', { timeoutMs: 10 ** 9 }],
      ['no budget', { maxAttempts: 0 }],
      ['a lane of another kind', { lane: 'default#failed#0' }],
      ['a history that is none', { history: 'none' }],
      ['an expiry', { expiresAt: NOW }],
      ['no type', { type: undefined }],
      ['an unknown status', { status: 'sleeping' }],
      ['a fraction', { maxCrashes: 1.5 }],
      ['a cancel request that is none', { cancelRequested: 'no' }],
    ])('is refused for a malformed item: %s', async (_, fields) => {
      const item = completeRawItem(fields);
      await get().putRaw(item);
      const [result] = await get().store.claim([claimOf(item.id)]);
      expect(result).toMatchObject({ kind: 'refused', current: { kind: 'malformed', id: item.id } });
    });

    test('answers each of a batch, in order, whatever the others are', async () => {
      const [first, second] = [await putJob(get()), await putJob(get())];
      const [absent, running] = [nextId(), await runJob(get())];
      const ids = [first.job.id, absent, '', 'x'.repeat(3_000), running.id, second.job.id];
      const results = await get().store.claim(ids.map((id) => claimOf(id, { token: 'batch' })));
      expect(results).toMatchObject([
        { kind: 'claimed', job: { id: first.job.id } },
        { kind: 'refused', current: { kind: 'absent', id: absent } },
        { kind: 'refused', current: { kind: 'absent', id: '' } },
        { kind: 'refused', current: { kind: 'absent' } },
        { kind: 'refused', current: { kind: 'job', job: { id: running.id } } },
        { kind: 'claimed', job: { id: second.job.id } },
      ]);
      expect(await get().store.claim([])).toEqual([]);
    });

    test('never takes an id with half of a surrogate pair for another', async () => {
      const { job } = await putJob(get(), { id: 'half-\ufffd' });
      expect(await get().store.claim([claimOf('half-\ud83d')])).toMatchObject([
        { kind: 'refused', current: { kind: 'absent', id: 'half-\ud83d' } },
      ]);
      expect(await readOne(get(), job.id)).toMatchObject({ job });
    });
  });
}
