import { describe, expect, it } from 'vitest';
import type { CreateResult, Job, JobStore } from '../../lib/core/index.ts';
import { type SubmitError, type SubmitRequest, type SubmitResult, submitJobs } from '../../lib/pipeline/index.ts';
import { add, anything, createStack, faulty, START } from '../http/memory-stack.ts';

const INPUT = { left: 1, right: 2 };
const REQUEST: SubmitRequest = { definition: add, input: INPUT };

const jobOf = (result: SubmitResult | undefined): Job => {
  if (result?.kind !== 'accepted') {
    throw result?.error ?? new Error('No result.');
  }
  return result.job;
};
const errorOf = (result: SubmitResult | undefined): SubmitError | undefined =>
  result?.kind === 'rejected' ? result.error : undefined;

describe('submitJobs', () => {
  it('answers one result for each request, in order, and lets no bad one stop the rest', async () => {
    const { ports, queue, submitted } = createStack();
    const results = await submitJobs(ports, [
      REQUEST,
      { definition: add, input: 1 },
      { definition: faulty, input: 1 },
      { definition: anything, input: 1, maxAttempts: 0 },
      { definition: anything, input: 1 },
    ]);
    expect(results.map(({ kind }) => kind)).toEqual(['accepted', 'rejected', 'rejected', 'rejected', 'accepted']);
    expect(submitted.map(({ type }) => type)).toEqual(['add', 'anything']);
    expect(queue.size()).toBe(2);
  });

  it('accepts nothing when asked for nothing', async () => {
    expect(await submitJobs(createStack().ports, [])).toEqual([]);
  });

  it('finds a key that comes twice in one call', async () => {
    const { ports, queue, submitted } = createStack();
    const request = { ...REQUEST, idempotencyKey: 'k' };
    const results = await submitJobs(ports, [request, request]);
    expect(results.map((result) => result.kind === 'accepted' && result.isNew)).toEqual([true, false]);
    expect([queue.size(), submitted.length]).toEqual([1, 1]);
  });

  it('takes equal inputs for the same, whatever the order of their keys, and different ones for others', async () => {
    const { ports } = createStack();
    const submit = async (input: unknown) => {
      const [result] = await submitJobs(ports, [{ definition: anything, input, idempotencyKey: 'k' }]);
      return errorOf(result)?.code ?? 'accepted';
    };
    expect(await submit({ a: [1, { b: 2, c: 3 }], d: undefined })).toBe('accepted');
    expect(await submit({ a: [1, { c: 3, b: 2 }] })).toBe('accepted');
    expect(await submit({ a: [{ c: 3, b: 2 }, 1] })).toBe('idempotency-conflict');
    expect(await submit({ a: [1, { c: 3, b: 2 }], __proto__: { x: 1 } })).toBe('accepted');
    expect(await submit(JSON.parse('{"a":[1,{"c":3,"b":2}],"__proto__":1}'))).toBe('idempotency-conflict');
  });

  it('keeps the keys of different queues apart', async () => {
    const { ports } = createStack();
    const other = { ...ports, policy: { ...ports.policy, queueName: 'other' } };
    const request = { ...REQUEST, idempotencyKey: 'k' };
    const [[first], [second]] = [await submitJobs(ports, [request]), await submitJobs(other, [request])];
    expect(jobOf(first).id).not.toBe(jobOf(second).id);
  });

  it('takes a time before all times as now', async () => {
    const { ports, store } = createStack();
    const [result] = await submitJobs(ports, [{ ...REQUEST, runAt: -5 }]);
    expect(store.getRaw(jobOf(result).id)).toMatchObject({ dueAt: START, status: 'dispatched' });
  });

  it('lists a few problems in its message and all of them beside it', async () => {
    const input = Object.fromEntries(Array.from({ length: 9 }, (_, index) => [`f${index}`, 1]));
    const [result] = await submitJobs(createStack().ports, [{ definition: add, input, group: '', maxAttempts: 0 }]);
    const error = errorOf(result);
    expect(error?.issues.map(({ pointer }) => pointer)).toEqual([
      '/group',
      '/maxAttempts',
      '/input/left',
      '/input/right',
      '/input',
    ]);
    expect(error?.message).toMatch(/^The job "add" cannot be accepted: \/group: .*; \/input: /);
  });

  it('keeps why a schema could not check an input, without telling it', async () => {
    const [result] = await submitJobs(createStack().ports, [{ definition: faulty, input: 1 }]);
    const error = errorOf(result);
    expect(error?.cause).toMatchObject({ message: 'a secret of the schema' });
    expect(error?.message).not.toContain('secret');
  });
});

describe('submitJobs when answers are lost', () => {
  /** A store that puts the job and then finds it there, as a repeated put does whose first answer was lost. */
  const losing = (store: JobStore): JobStore => ({
    ...store,
    create: async (jobs) => {
      await store.create(jobs);
      return await store.create(jobs);
    },
  });

  it.each([undefined, 'k'])('knows its own put again (key: %s)', async (idempotencyKey) => {
    const { ports, queue, submitted } = createStack();
    const [result] = await submitJobs({ ...ports, store: losing(ports.store) }, [{ ...REQUEST, idempotencyKey }]);
    expect(result).toMatchObject({ kind: 'accepted', isNew: true });
    expect([queue.size(), submitted.length]).toEqual([1, 1]);
  });

  it("does not take somebody else's put of the same millisecond for its own", async () => {
    const { ports, queue, submitted } = createStack();
    const request = { ...REQUEST, idempotencyKey: 'k' };
    const results = [...(await submitJobs(ports, [request])), ...(await submitJobs(ports, [request]))];
    expect(results.map((result) => result.kind === 'accepted' && result.isNew)).toEqual([true, false]);
    expect([queue.size(), submitted.length]).toEqual([1, 1]);
  });

  it.each<[string, CreateResult[]]>([['answers nothing', []]])(
    'fails as unavailable for a store that %s',
    async (_, results) => {
      const { ports } = createStack();
      const store = { ...ports.store, create: async () => results };
      const [result] = await submitJobs({ ...ports, store }, [REQUEST]);
      expect(errorOf(result)).toMatchObject({ code: 'unavailable' });
    },
  );

  it('fails as a conflict when something unreadable stands under the key', async () => {
    const { ports, store } = createStack();
    const request = { ...REQUEST, idempotencyKey: 'k' };
    const [first] = await submitJobs(ports, [request]);
    store.putRaw({ id: jobOf(first).id, status: 'nonsense' });
    const [second] = await submitJobs(ports, [request]);
    expect(errorOf(second)).toMatchObject({ code: 'idempotency-conflict' });
  });
});
