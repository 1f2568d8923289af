import { describe, expect, test } from 'vitest';
import { type DuePage, type JobStore, laneOfShard, type Policy } from '../../../lib/core/index.ts';
import { apply, changeOf, claimJob, completeRawItem, HOUR, NOW, newJob, ownPolicy, readJob } from './jobs.ts';
import type { GetStore } from './store-under-test.ts';

const liveLane = (policy: Policy): string => laneOfShard(0, 'live', policy);

export function describeFinding(get: GetStore): void {
  const find = async (lane: string, page: Partial<DuePage> = {}): Promise<readonly string[]> =>
    (await get().store.findDue({ lane, until: NOW, limit: 100, ...page })).ids;

  /** Jobs that wait in the table, due one minute after the other. */
  const putWaiting = async (policy: Policy, length: number): Promise<readonly string[]> => {
    const jobs = Array.from({ length }, (_, minute) => newJob({ dueAt: NOW + HOUR + minute * 60_000 }, policy));
    await get().store.create(jobs.toReversed());
    return jobs.map(({ id }) => id);
  };

  describe('findDue', () => {
    test('finds what is due in a lane, next due first', async () => {
      const policy = ownPolicy();
      const ids = await putWaiting(policy, 5);
      await putWaiting(ownPolicy(), 1);
      const lane = liveLane(policy);
      expect(await find(lane, { until: NOW + HOUR - 1 })).toEqual([]);
      expect(await find(lane, { until: NOW + HOUR })).toEqual(ids.slice(0, 1));
      expect(await find(lane, { until: NOW + HOUR + 150_000 })).toEqual(ids.slice(0, 3));
      expect(await find(lane, { until: NOW + 2 * HOUR })).toEqual(ids);
    });

    test('pages through all of them, each once', async () => {
      const policy = ownPolicy();
      const ids = await putWaiting(policy, 8);
      const page = { lane: liveLane(policy), until: NOW + 2 * HOUR };
      const found = await collect(get().store, { ...page, limit: 3 });
      expect(found.pages.slice(0, 3)).toEqual([ids.slice(0, 3), ids.slice(3, 6), ids.slice(6)]);
      expect(found.pages.flat()).toEqual(ids);
      expect((await collect(get().store, { ...page, limit: 8 })).pages.flat()).toEqual(ids);
    });

    test('goes on behind jobs that have left since', async () => {
      const policy = ownPolicy();
      const ids = await putWaiting(policy, 4);
      const page = { lane: liveLane(policy), until: NOW + 2 * HOUR, limit: 2 };
      const first = await get().store.findDue(page);
      for (const id of first.ids) {
        await apply(get(), changeOf(await readJob(get(), id), { name: 'cancel' }, { policy }));
      }
      expect((await get().store.findDue({ ...page, cursor: first.cursor })).ids).toEqual(ids.slice(2));
      expect((await get().store.findDue(page)).ids).toEqual(ids.slice(2));
    });

    test('follows a job from lane to lane', async () => {
      const policy = ownPolicy();
      const [id = ''] = await putWaiting(policy, 1);
      const live = liveLane(policy);
      const until = NOW + 2 * HOUR;
      await claimJob(get(), id, { now: until });
      expect(await find(live, { until })).toEqual([id]);
      await apply(
        get(),
        changeOf(
          await readJob(get(), id),
          { name: 'fail', error: { name: 'Error', message: 'no luck' }, permanent: true, delayMs: 0 },
          { policy, now: until },
        ),
      );
      expect(await find(live, { until })).toEqual([]);
      expect(await find(laneOfShard(0, 'failed', policy), { until })).toEqual([id]);
      await apply(get(), changeOf(await readJob(get(), id), { name: 'retry' }, { policy, now: until }));
      expect(await find(laneOfShard(0, 'failed', policy), { until })).toEqual([]);
      expect(await find(live, { until: until + HOUR })).toEqual([id]);
    });

    test('finds malformed items too, so that they can be told', async () => {
      const lane = liveLane(ownPolicy());
      const items = [
        completeRawItem({ lane, nextAt: 1.5 }),
        completeRawItem({ lane, attempt: 'none' }),
        completeRawItem({ lane, nextAt: 10n ** 37n }),
      ];
      for (const item of items) {
        await get().putRaw(item);
      }
      expect(await find(lane)).toEqual(items.slice(0, 2).map(({ id }) => id));
    });

    test.each(['nonsense', '[]', '{}', '["a"]', ''])('fails for a cursor that is none: %j', async (cursor) => {
      await expect(find('default#live#0', { cursor })).rejects.toMatchObject({ name: 'AccessError', code: 'invalid' });
    });
  });
}

async function collect(store: JobStore, page: DuePage): Promise<{ readonly pages: readonly (readonly string[])[] }> {
  const pages: (readonly string[])[] = [];
  let cursor: string | undefined;
  do {
    const found = await store.findDue({ ...page, cursor });
    pages.push(found.ids);
    cursor = found.cursor;
  } while (cursor !== undefined);
  return { pages };
}
