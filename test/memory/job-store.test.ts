import { expect, test } from 'vitest';
import { createMemoryJobStore } from '../../lib/memory/index.ts';
import { claimOf, dispatchedJob } from '../core/sample-jobs.ts';

test('records are copies: nobody changes a job by holding on to one', async () => {
  const store = createMemoryJobStore();
  const record = { id: 'raw', input: { list: [1] } };
  store.putRaw(record);
  record.input.list.push(2);
  const copy = store.getRaw('raw') as typeof record;
  expect(copy).toEqual({ id: 'raw', input: { list: [1] } });
  copy.input.list.push(3);
  expect(store.listRaw()).toEqual([{ id: 'raw', input: { list: [1] } }]);
  store.deleteRaw('raw');
  expect(store.getRaw('raw')).toBeUndefined();
});

test('a record keeps what its author wrote beside the job', async () => {
  const store = createMemoryJobStore();
  await store.create([dispatchedJob()]);
  store.putRaw({ ...store.getRaw('job-1'), note: 'mine' });
  await store.claim([claimOf()]);
  expect(store.getRaw('job-1')).toMatchObject({ status: 'running', note: 'mine' });
});

test('the limit for an item can be chosen', async () => {
  const store = createMemoryJobStore({ maxItemBytes: 500 });
  expect(await store.create([{ ...dispatchedJob(), input: JSON.stringify('x'.repeat(500)) }])).toMatchObject([
    { kind: 'error', error: { code: 'invalid' } },
  ]);
});

test('fills in what a raw put lacks from the definition of its type', async () => {
  const store = createMemoryJobStore({
    defaultsOf: (type) => ({ retry: { maxAttempts: type === 'rare' ? 1 : 9, maxCrashes: 1 }, timeoutMs: 1_000 }),
  });
  store.putRaw({ id: 'a', type: 'rare', status: 'queued', input: '{}', lane: 'default#live#0', nextAt: 0 });
  expect(await store.read(['a'])).toMatchObject([{ job: { maxAttempts: 1, timeoutMs: 1_000 }, complete: false }]);
});
