import { describe, expect, test } from 'vitest';
import { completeRawItem, NOW, newJob, nextId, putJob, rawItem, readJob, readOne } from './jobs.ts';
import type { GetStore } from './store-under-test.ts';

export function describeReading(get: GetStore): void {
  describe('read', () => {
    test('answers each id, in order, even where ids repeat or cannot be', async () => {
      const [first, second] = [await putJob(get()), await putJob(get())];
      const absent = nextId();
      const ids = [second.job.id, absent, first.job.id, second.job.id, '', 'a\ud83d', 'x'.repeat(3_000)];
      expect(await get().store.read(ids)).toEqual([
        second,
        { kind: 'absent', id: absent },
        first,
        second,
        { kind: 'absent', id: '' },
        { kind: 'absent', id: 'a\ud83d' },
        { kind: 'absent', id: 'x'.repeat(3_000) },
      ]);
      expect(await get().store.read([])).toEqual([]);
    });

    test('reads more than fit into one request, one malformed among them', async () => {
      const jobs = Array.from({ length: 250 }, () => newJob());
      await get().store.create(jobs);
      const odd = completeRawItem({ attempt: 10n ** 37n });
      await get().putRaw(odd);
      const ids = jobs.map(({ id }) => id).toSpliced(123, 0, odd.id);
      const stored = await get().store.read(ids);
      expect(stored.map((entry) => (entry.kind === 'job' ? entry.job.id : entry.id))).toEqual(ids);
      expect(stored.filter(({ kind }) => kind !== 'job')).toMatchObject([{ kind: 'malformed', id: odd.id }]);
    });

    test('fills in what a raw put lacks', async () => {
      const item = rawItem();
      await get().putRaw(item);
      expect(await readOne(get(), item.id)).toMatchObject({
        kind: 'job',
        complete: false,
        job: { ...item, attempt: 0, failures: 0, crashes: 0, maxAttempts: 5, dueAt: NOW, history: [] },
        seen: { status: 'queued', attempt: undefined, nextAt: NOW, cancelRequested: undefined },
      });
    });

    test.each([
      ['text', '{"a":1}', { a: 1 }],
      ['a map', { a: 1, b: { c: [1, 2.5, 'x', true, null] } }, { a: 1, b: { c: [1, 2.5, 'x', true, null] } }],
      ['a list', [1, 'two'], [1, 'two']],
      ['numbers of every size', { a: 1e21, b: 1e-7, c: 0.1, d: -5 }, { a: 1e21, b: 1e-7, c: 0.1, d: -5 }],
      ['an empty map', {}, {}],
    ])('takes as the input of a raw put: %s', async (_, input, expected) => {
      const item = rawItem({ input });
      await get().putRaw(item);
      expect(JSON.parse((await readJob(get(), item.id)).job.input)).toEqual(expected);
    });

    test.each([
      ['a number as input', { input: 5 }],
      ['a text that is no JSON', { input: '{seconds:1}' }],
      ['a number in the input that JSON would round', { input: { big: 12345678901234567890n } }],
      ['a binary that was not packed by us', { input: new Uint8Array([1, 2, 3]) }],
      ['a set in the input', { input: { names: new Set(['a']) } }],
      ['no input', { input: undefined }],
      ['no status', { status: undefined }],
      ['no type', { type: undefined }],
      ['a number as type', { type: 5 }],
      ['a text for a number', { maxAttempts: '5' }],
      ['a number of 31 digits', { dueAt: 10n ** 30n }],
      ['a fraction', { createdAt: 1.5 }],
      ['no nextAt', { nextAt: undefined }],
      ['no lane', { lane: undefined }],
      ['a lane of its own making', { lane: 'mine' }],
      ['running without a lease', { status: 'running', token: 'a', solo: true, startedAt: NOW }],
      ['a history of something else', { history: ['yesterday'] }],
      ['an error of something else', { error: 'no luck' }],
    ])('tells a malformed item: %s', async (_, fields) => {
      const item = rawItem(fields);
      await get().putRaw(item);
      expect(await readOne(get(), item.id)).toMatchObject({
        kind: 'malformed',
        id: item.id,
        problem: expect.any(String),
      });
    });
  });
}
