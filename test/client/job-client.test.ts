import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { defineJob, JobClient, JobClientError, type SubmitError } from '../../lib/index.ts';
import { add, anything, createStack, faulty, START } from '../http/memory-stack.ts';

const setup = () => {
  const stack = createStack();
  return { ...stack, jobs: new JobClient({ ports: stack.ports }) };
};

const INPUT = { left: 1, right: 2 };
const CYCLE: unknown[] = [];
CYCLE.push(CYCLE);

/** The error of a promise that must fail. */
const errorOf = async <Thrown = SubmitError>(promise: Promise<unknown>): Promise<Thrown> => {
  const outcome = await promise.then(
    () => undefined,
    (error: unknown) => ({ error }),
  );
  expect(outcome).toBeDefined();
  return outcome?.error as Thrown;
};

describe('submitMany', () => {
  it('accepts every input, in order and in batches, with the options common to all', async () => {
    const { jobs, store, queue } = setup();
    const inputs = Array.from({ length: 120 }, (_, left) => ({ left, right: 0 }));
    const outcomes = await jobs.submitMany(add, inputs, { group: 'tenant-1' });
    const stored = outcomes.map((outcome) => (outcome.kind === 'accepted' ? store.getRaw(outcome.job.id) : undefined));
    expect(stored.map((record) => record?.['input'])).toEqual(inputs.map((input) => JSON.stringify(input)));
    expect(new Set(stored.map((record) => record?.['group']))).toEqual(new Set(['tenant-1']));
    expect(queue.size()).toBe(120);
  });

  it('fails for one input alone: the others are accepted', async () => {
    const { jobs, queue } = setup();
    const wrong = { left: 'one', right: 2 } as unknown as typeof INPUT;
    const outcomes = await jobs.submitMany(add, [INPUT, wrong, INPUT]);
    expect(outcomes.map(({ kind }) => kind)).toEqual(['accepted', 'rejected', 'accepted']);
    expect(outcomes[1]).toMatchObject({ error: { code: 'invalid-input' } });
    expect(queue.size()).toBe(2);
  });

  it('accepts nothing of nothing', async () => {
    expect(await setup().jobs.submitMany(add, [])).toEqual([]);
  });
});

describe('submit', () => {
  it('accepts a job and answers it as it stands', async () => {
    const { jobs, store, queue } = setup();
    const job = await jobs.submit(add, INPUT, { group: 'tenant-1', maxAttempts: 2 });
    expect(job).toMatchObject({ type: 'add', status: 'dispatched', group: 'tenant-1', maxAttempts: 2 });
    expect(store.getRaw(job.id)).toMatchObject({ input: '{"left":1,"right":2}' });
    expect(queue.size()).toBe(1);
  });

  it('submits the same job under the same key', async () => {
    const { jobs } = setup();
    const first = await jobs.submit(add, INPUT, { idempotencyKey: 'k' });
    const second = await jobs.submit(add, { right: 2, left: 1 }, { idempotencyKey: 'k' });
    expect(second).toEqual(first);
  });

  it.each<[string, object, string]>([
    ['seconds', { delaySeconds: 1.5 }, '2030-01-01T00:00:01.500Z'],
    ['a date', { runAt: new Date(START + 5_000) }, '2030-01-01T00:00:05.000Z'],
    ['a text with Z', { runAt: '2030-01-01T00:01Z' }, '2030-01-01T00:01:00.000Z'],
    ['a text with an offset', { runAt: '2030-01-01T03:00:00.25+02:00' }, '2030-01-01T01:00:00.250Z'],
    ['a date that is past', { runAt: new Date(0) }, '2030-01-01T00:00:00.000Z'],
  ])('delays by %s', async (_, options, runAt) => {
    expect(await setup().jobs.submit(add, INPUT, options)).toMatchObject({ runAt });
  });

  it.each<[string, object, string]>([
    ['delay and time', { delaySeconds: 1, runAt: new Date(START) }, '/runAt'],
    ['an invalid date', { runAt: new Date(Number.NaN) }, '/runAt'],
    ['a time without offset', { runAt: '2030-01-01T00:00:00' }, '/runAt'],
    ['a day that is none', { runAt: '2030-02-30T00:00:00Z' }, '/runAt'],
    ['an hour that is none', { runAt: '2030-01-01T25:00:00Z' }, '/runAt'],
    ['a time beyond a year', { runAt: '2031-06-01T00:00:00Z' }, '/runAt'],
    ['an infinite delay', { delaySeconds: Number.POSITIVE_INFINITY }, '/delaySeconds'],
    ['a negative delay', { delaySeconds: -1 }, '/delaySeconds'],
    ['no attempts', { maxAttempts: 0 }, '/maxAttempts'],
    ['a group with spaces', { group: 'a b' }, '/group'],
    ['an empty key', { idempotencyKey: '' }, '/idempotencyKey'],
  ])('fails as invalid-input for %s', async (_, options, pointer) => {
    const { jobs, submitted } = setup();
    const error = await errorOf(jobs.submit(add, INPUT, options));
    expect(error).toMatchObject({ name: 'SubmitError', code: 'invalid-input', issues: [{ pointer }] });
    expect(error.message).toContain(pointer);
    expect(submitted).toEqual([]);
  });

  it('fails as invalid-input, naming what does not fit', async () => {
    const { jobs } = setup();
    const error = await errorOf(jobs.submit(add, { left: 'a', right: 2 } as unknown as typeof INPUT));
    expect(error).toMatchObject({ code: 'invalid-input', issues: [{ pointer: '/input/left' }] });
    expect(error.message).toContain('The job "add" cannot be accepted: /input/left: ');
  });

  it.each([
    ['what is no JSON', anything, 1n],
    ['a cycle', anything, CYCLE],
    ['a function', anything, () => 1],
    ['a schema that throws', faulty, 1],
  ])('fails as invalid-input for %s', async (_, definition, input) => {
    expect(await errorOf(setup().jobs.submit(definition, input))).toMatchObject({
      code: 'invalid-input',
      issues: [{ pointer: '/input' }],
    });
  });

  it('fails for a value that fits its schema only until it is stored', async () => {
    const dated = defineJob({ type: 'dated', input: z.object({ at: z.date() }) });
    const error = await errorOf(setup().jobs.submit(dated, { at: new Date(START) }));
    expect(error).toMatchObject({ code: 'invalid-input', issues: [{ pointer: '/input/at' }] });
  });

  it('fails as idempotency-conflict when the key belongs to another job', async () => {
    const { jobs } = setup();
    await jobs.submit(add, INPUT, { idempotencyKey: 'k' });
    const error = await errorOf(jobs.submit(anything, INPUT, { idempotencyKey: 'k' }));
    expect(error.code).toBe('idempotency-conflict');
  });

  it.each(['unavailable', 'denied'] as const)('fails as %s when the store is', async (code) => {
    const { jobs, breakStore } = setup();
    breakStore(code);
    expect((await errorOf(jobs.submit(add, INPUT))).code).toBe(code);
  });
});

describe('get', () => {
  it('answers the job, or undefined', async () => {
    const { jobs } = setup();
    const job = await jobs.submit(add, INPUT);
    expect(await jobs.get(job.id)).toEqual(job);
    expect(await jobs.get('nope')).toBeUndefined();
  });

  it.each(['unavailable', 'denied'] as const)('fails as %s when the store is', async (code) => {
    const { jobs, breakStore } = setup();
    breakStore(code);
    expect(await errorOf(jobs.get('a'))).toMatchObject({ name: 'JobClientError', code });
  });
});

describe('wait', () => {
  it('answers the job when it has ended', async () => {
    const { jobs, clock, complete } = setup();
    const { id } = await jobs.submit(add, INPUT);
    clock.in(90_000, () => complete(id, { sum: 3 }));
    const done = await jobs.wait(id, { timeoutMs: 120_000 });
    expect(done).toMatchObject({ id, status: 'completed', result: { sum: 3 } });
    expect(clock.now() - START).toBeLessThanOrEqual(91_000);
  });

  it('answers a failed job too', async () => {
    const { jobs, store } = setup();
    const { id } = await jobs.submit(add, INPUT);
    const error = { name: 'Error', message: 'no', attempt: 1, at: START, stack: 'secret' };
    store.putRaw({ ...store.getRaw(id), status: 'failed', error, finishedAt: START, expiresAt: START + 1 });
    const done = await jobs.wait(id);
    expect(done).toMatchObject({ status: 'failed', finishedAt: '2030-01-01T00:00:00.000Z' });
    expect(done.error).toEqual({ name: 'Error', message: 'no', attempt: 1, at: '2030-01-01T00:00:00.000Z' });
  });

  it('fails with timeout after the time, a minute by default, and brings the job along', async () => {
    const { jobs, clock } = setup();
    const job = await jobs.submit(add, INPUT);
    expect(await errorOf<JobClientError>(jobs.wait(job.id))).toMatchObject({ code: 'timeout', job });
    expect(clock.now()).toBe(START + 60_000);
    expect(await errorOf<JobClientError>(jobs.wait(job.id, { timeoutMs: 0 }))).toMatchObject({ code: 'timeout' });
    expect(clock.now()).toBe(START + 60_000);
  });

  it('fails with not-found', async () => {
    const error = await errorOf(setup().jobs.wait('nope'));
    expect(error).toBeInstanceOf(JobClientError);
    expect(error).toMatchObject({ code: 'not-found' });
  });

  it('fails when the store is not to be read at first, and rides out later trouble', async () => {
    const { jobs, clock, breakStore, complete } = setup();
    const { id } = await jobs.submit(add, INPUT);
    clock.in(1_000, () => breakStore('unavailable'));
    clock.in(10_000, () => breakStore(undefined));
    clock.in(20_000, () => complete(id, { sum: 3 }));
    expect(await jobs.wait(id)).toMatchObject({ status: 'completed' });
    breakStore('unavailable');
    expect(await errorOf(jobs.wait(id))).toMatchObject({ code: 'unavailable' });
  });

  it('fails with the reason of its signal', async () => {
    const { jobs, clock } = setup();
    const { id } = await jobs.submit(add, INPUT);
    const abort = new AbortController();
    clock.in(5_000, () => abort.abort(new Error('enough')));
    expect(await errorOf(jobs.wait(id, { signal: abort.signal }))).toMatchObject({ message: 'enough' });
    expect(await errorOf(jobs.wait(id, { signal: abort.signal }))).toMatchObject({ message: 'enough' });
    expect(clock.now() - START).toBeLessThanOrEqual(6_000);
  });

  it.each([Number.NaN, -1])('fails for a timeout of %s', async (timeoutMs) => {
    expect(await errorOf(setup().jobs.wait('a', { timeoutMs }))).toMatchObject({ code: 'invalid-definition' });
  });
});
