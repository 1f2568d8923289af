import { describe, expect, test } from 'vitest';
import { MAX_ID_BYTES } from '../../../lib/core/index.ts';
import { claimJob, newJob, nextId, noise, readJob, readOne } from './jobs.ts';
import type { GetStore } from './store-under-test.ts';

export function describeCreating(get: GetStore): void {
  describe('create', () => {
    test('keeps every field as it is', async () => {
      const job = newJob({ group: 'tenant-1', inputHash: 'a1b2' });
      expect(await get().store.create([job])).toEqual([{ kind: 'created' }]);
      expect(await readOne(get(), job.id)).toEqual({
        kind: 'job',
        job,
        seen: { status: 'dispatched', attempt: 0, nextAt: job.nextAt, cancelRequested: undefined },
        complete: true,
      });
    });

    test('keeps the first of two jobs under one id, and shows it to the second', async () => {
      const job = newJob();
      await get().store.create([job]);
      const [result] = await get().store.create([{ ...job, input: '{"seconds":2}' }]);
      expect(result).toEqual({ kind: 'exists', current: await readJob(get(), job.id) });
      expect(await readJob(get(), job.id)).toMatchObject({ job });
    });

    test('never puts a job back to its start', async () => {
      const job = newJob();
      await get().store.create([job]);
      const running = await claimJob(get(), job.id);
      expect(await get().store.create([job])).toEqual([
        { kind: 'exists', current: expect.objectContaining({ job: running }) },
      ]);
    });

    test('lets exactly one of many win an id', async () => {
      const jobs = Array.from({ length: 20 }, () => newJob({ id: 'one-for-all' }));
      const results = (await Promise.all(jobs.map((job) => get().store.create([job])))).flat();
      expect(results.filter(({ kind }) => kind === 'created')).toHaveLength(1);
      expect(results.filter(({ kind }) => kind === 'exists')).toHaveLength(19);
    });

    test('answers each of a batch, in order', async () => {
      const [first, second] = [newJob(), newJob()];
      await get().store.create([second]);
      const results = await get().store.create([first, newJob({ id: '' }), second, newJob()]);
      expect(results.map(({ kind }) => kind)).toEqual(['created', 'error', 'exists', 'created']);
    });

    test.each([
      ['emoji', '👩‍🚀-🚀'],
      ['umlauts and Chinese', 'Müller-作业'],
      ['control characters', 'a\u0000b\u007f\n'],
      ['its full length', 'é'.repeat(MAX_ID_BYTES / 2)],
      ['the name of a prototype', '__proto__'],
    ])('takes an id of %s', async (_, id) => {
      await get().store.create([newJob({ id })]);
      expect(await readOne(get(), id)).toMatchObject({ kind: 'job', job: { id } });
      expect(await claimJob(get(), id)).toMatchObject({ id });
    });

    test.each([
      ['plain', { a: 1, b: [true, null, 'text'] }],
      ['emoji', { text: '👩‍🚀 in Zürich 作业' }],
      ['half of a surrogate pair', { text: 'a\ud83d' }],
      ['control characters', { text: '\u0000\u001f\u2028' }],
      ['what packs well', { rows: Array.from({ length: 500 }, (_, row) => ({ row, name: 'name', city: 'Zürich' })) }],
      ['what does not pack', { noise: noise(20_000) }],
      ['nothing', null],
    ])('keeps an input of %s', async (_, input) => {
      const job = newJob({ input: JSON.stringify(input) });
      await get().store.create([job]);
      const stored = await readJob(get(), job.id);
      expect(stored.job.input).toBe(job.input);
      expect(JSON.parse((await claimJob(get(), job.id)).input)).toEqual(input);
    });

    test.each([
      ['nothing', ''],
      ['a byte too many', 'x'.repeat(MAX_ID_BYTES + 1)],
      ['half of a surrogate pair', 'a\ud83d'],
    ])('fails for an id of %s', async (_, id) => {
      expect(await get().store.create([newJob({ id })])).toEqual([
        { kind: 'error', error: expect.objectContaining({ name: 'AccessError', code: 'invalid' }) },
      ]);
    });

    test('fails for a job that is larger than an item can be, alone', async () => {
      const [large, huge, small] = [
        newJob({ input: JSON.stringify(noise(300_000)) }),
        newJob({ input: JSON.stringify(noise(600_000)) }),
        newJob({ id: nextId() }),
      ];
      const results = await get().store.create([large, huge, small]);
      expect(results).toEqual([
        { kind: 'created' },
        { kind: 'error', error: expect.objectContaining({ code: 'invalid' }) },
        { kind: 'created' },
      ]);
      expect(await readOne(get(), huge.id)).toEqual({ kind: 'absent', id: huge.id });
    });
  });
}
