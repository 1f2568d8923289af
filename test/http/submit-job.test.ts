import { describe, expect, it } from 'vitest';
import type { JobView } from '../../lib/pipeline/index.ts';
import { createHttpStack, START } from './memory-stack.ts';

const INPUT = { left: 1, right: 2 };

const readJob = async (response: Response): Promise<JobView> => (await response.json()) as JobView;

describe('POST /jobs', () => {
  it('accepts a job with 202, its location and the job', async () => {
    const { post, store, queue, submitted } = createHttpStack();

    const response = await post({ type: 'add', input: INPUT });

    expect(response.status).toBe(202);
    expect(response.headers.get('content-type')).toBe('application/json');
    expect(response.headers.get('cache-control')).toBe('no-store');
    const job = await readJob(response);
    expect(response.headers.get('location')).toBe(`/jobs/${job.id}`);
    expect(job).toEqual({
      id: expect.stringMatching(/^[0-9a-z]{26}$/),
      type: 'add',
      status: 'dispatched',
      attempt: 0,
      failures: 0,
      crashes: 0,
      maxAttempts: 5,
      createdAt: '2030-01-01T00:00:00.000Z',
      runAt: '2030-01-01T00:00:00.000Z',
      history: [{ status: 'dispatched', at: '2030-01-01T00:00:00.000Z', attempt: 0 }],
    });
    expect(store.getRaw(job.id)).toMatchObject({ input: '{"left":1,"right":2}' });
    expect(queue.receive().map(({ body }) => body)).toEqual([`{"v":1,"id":"${job.id}"}`]);
    expect(submitted).toHaveLength(1);
  });

  it('keeps group and attempts', async () => {
    const { post, store, queue } = createHttpStack();
    const job = await readJob(await post({ type: 'add', input: INPUT, group: 'tenant-1', maxAttempts: 7 }));
    expect(job).toMatchObject({ group: 'tenant-1', maxAttempts: 7 });
    expect(store.getRaw(job.id)).toMatchObject({ group: 'tenant-1', maxAttempts: 7 });
    expect(queue.receive()[0]?.group).toBe('tenant-1');
  });

  it('delays by seconds, and in the table what a queue cannot delay', async () => {
    const { post } = createHttpStack();
    const soon = await readJob(await post({ type: 'add', input: INPUT, delaySeconds: 1.5 }));
    const later = await readJob(await post({ type: 'add', input: INPUT, delaySeconds: 901 }));
    expect(soon).toMatchObject({ status: 'dispatched', runAt: '2030-01-01T00:00:01.500Z' });
    expect(later).toMatchObject({ status: 'queued', runAt: '2030-01-01T00:15:01.000Z' });
  });

  it('reads a time with an offset, and takes a past one as now', async () => {
    const { post } = createHttpStack();
    const future = await readJob(await post({ type: 'add', input: INPUT, runAt: '2030-01-01T03:00:00+02:00' }));
    const past = await readJob(await post({ type: 'add', input: INPUT, runAt: '1960-01-01T00:00:00.000001Z' }));
    expect(future.runAt).toBe('2030-01-01T01:00:00.000Z');
    expect(past.runAt).toBe('2030-01-01T00:00:00.000Z');
  });

  it.each(['application/json; charset=utf-8', 'APPLICATION/JSON', 'application/vnd.api+json'])(
    'reads JSON sent as %s',
    async (type) => {
      const { post } = createHttpStack();
      expect((await post({ type: 'add', input: INPUT }, { 'Content-Type': type })).status).toBe(202);
    },
  );

  it('gives keys and characters of an input back as they came', async () => {
    const { post, store } = createHttpStack();
    const input = '{"__proto__":{"a":1},"constructor":{"prototype":2},"é":"\\ud800 💥","10":1,"9":2}';
    const job = await readJob(await post(`{"type":"anything","input":${input}}`));
    const kept = String(store.getRaw(job.id)?.['input']);
    expect(Object.entries(JSON.parse(kept) as object)).toEqual(Object.entries(JSON.parse(input) as object));
    expect(kept).toContain('"__proto__":{"a":1}');
  });

  it.each(['null', '0', '""', 'false', '[]'])('accepts %s as an input', async (input) => {
    const { post, store } = createHttpStack();
    const job = await readJob(await post(`{"type":"anything","input":${input}}`));
    expect(store.getRaw(job.id)).toMatchObject({ input });
  });
});

describe('POST /jobs with an idempotency key', () => {
  it('answers the same job again, with 200', async () => {
    const { post, queue, submitted, clock } = createHttpStack();
    const first = await post({ type: 'add', input: INPUT, idempotencyKey: 'k' });
    clock.advance(1_000);
    const second = await post({ type: 'add', input: { right: 2, left: 1 } }, { 'Idempotency-Key': 'k' });
    expect([first.status, second.status]).toEqual([202, 200]);
    expect(second.headers.get('location')).toBe(first.headers.get('location'));
    expect(await readJob(second)).toEqual(await readJob(first));
    expect(queue.size()).toBe(1);
    expect(submitted).toHaveLength(1);
  });

  it('tells two submits of the same millisecond apart', async () => {
    const { post, queue, submitted } = createHttpStack();
    const body = { type: 'add', input: INPUT, idempotencyKey: 'k' };
    const statuses = await Promise.all(
      [post(body), post(body), post(body)].map(async (answer) => (await answer).status),
    );
    expect(statuses.sort()).toEqual([200, 200, 202]);
    expect([queue.size(), submitted.length]).toEqual([1, 1]);
  });

  it('takes the key from header and field when they agree', async () => {
    const { post } = createHttpStack();
    const response = await post({ type: 'add', input: INPUT, idempotencyKey: 'k' }, { 'Idempotency-Key': 'k' });
    expect(response.status).toBe(202);
  });

  it('is a new job under each key', async () => {
    const { post, submitted } = createHttpStack();
    for (const key of ['k', 'K', ' k k ', 'é', '__proto__']) {
      expect((await post({ type: 'add', input: INPUT, idempotencyKey: key })).status).toBe(202);
    }
    expect(new Set(submitted.map(({ id }) => id)).size).toBe(5);
  });
});

describe('POST /jobs with Prefer: wait', () => {
  const body = { type: 'add', input: INPUT, idempotencyKey: 'k' };

  it('answers 200 with the final job if it ends in time', async () => {
    const { post, clock, complete, submitted } = createHttpStack();
    clock.in(3_000, () => complete(submitted[0]?.id ?? '', { sum: 3 }));
    const response = await post(body, { Prefer: 'respond-async, Wait="5"; foo' });
    expect(response.status).toBe(200);
    expect(response.headers.get('preference-applied')).toBe('wait=5');
    expect(response.headers.get('location')).toBe(`/jobs/${submitted[0]?.id}`);
    expect(await readJob(response)).toMatchObject({ status: 'completed', result: { sum: 3 } });
    expect(clock.now()).toBeLessThan(START + 5_000);
  });

  it('answers 202 when the time is over', async () => {
    const { post, clock } = createHttpStack();
    const response = await post(body, { Prefer: 'wait=25' });
    expect(response.status).toBe(202);
    expect(clock.now()).toBe(START + 25_000);
  });

  it('does not wait for 0 seconds', async () => {
    const { post, clock } = createHttpStack();
    expect((await post(body, { Prefer: 'wait=0' })).status).toBe(202);
    expect(clock.now()).toBe(START);
  });

  it('says 200 of a known job only when it has ended', async () => {
    const { post, complete, submitted } = createHttpStack();
    await post(body);
    expect((await post(body, { Prefer: 'wait=1' })).status).toBe(202);
    complete(submitted[0]?.id ?? '', { sum: 3 });
    expect((await post(body, { Prefer: 'wait=1' })).status).toBe(200);
  });

  it('ignores other preferences', async () => {
    const { post, clock } = createHttpStack();
    const response = await post(body, { Prefer: 'return=minimal, waiting=5' });
    expect(response.headers.get('preference-applied')).toBeNull();
    expect(clock.now()).toBe(START);
  });

  it.each(['unavailable', 'denied'] as const)(
    'answers 202 for a job that was accepted before the store was %s',
    async (code) => {
      const { post, clock, breakStore } = createHttpStack();
      clock.in(100, () => breakStore(code));
      const response = await post(body, { Prefer: 'wait=5' });
      expect(response.status).toBe(202);
      expect(await readJob(response)).toMatchObject({ status: 'dispatched' });
    },
  );

  it('rides out a store that does not answer for a while', async () => {
    const { post, clock, breakStore, complete, submitted } = createHttpStack();
    clock.in(100, () => breakStore('unavailable'));
    clock.in(2_000, () => {
      breakStore(undefined);
      complete(submitted[0]?.id ?? '', { sum: 3 });
    });
    expect((await post(body, { Prefer: 'wait=5' })).status).toBe(200);
  });
});
