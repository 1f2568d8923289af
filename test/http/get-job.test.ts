import { describe, expect, it } from 'vitest';
import { ROUTES } from '../../lib/core/index.ts';
import { ROUTE_TABLE } from '../../lib/http/routes/index.ts';
import { createHttpStack, readProblem, START } from './memory-stack.ts';

async function withJob() {
  const stack = createHttpStack();
  await stack.post({ type: 'add', input: { left: 1, right: 2 } });
  return { ...stack, id: stack.submitted[0]?.id ?? '' };
}

describe('GET /jobs/{id}', () => {
  it('answers the job', async () => {
    const { get, id } = await withJob();
    const response = await get(`/jobs/${id}`);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('application/json');
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(await response.json()).toMatchObject({ id, status: 'dispatched', runAt: '2030-01-01T00:00:00.000Z' });
  });

  it('answers HEAD without a body', async () => {
    const { request, id } = await withJob();
    const response = await request(`/jobs/${id}`, { method: 'HEAD' });
    expect([response.status, await response.text()]).toEqual([200, '']);
  });

  it.each(['a b', 'a%b', 'a%2Fb', 'é💥', 'a?b#c', "it's"])('finds a job whose id is %j', async (id) => {
    const { get, store, id: other } = await withJob();
    store.putRaw({ ...store.getRaw(other), id });
    const response = await get(`/jobs/${encodeURIComponent(id)}`);
    expect(await response.json()).toMatchObject({ id });
  });

  it.each(['nope', '%', '%ff', '%ED%A0%80', 'a'.repeat(3_000)])('fails with 404 for the id %s', async (id) => {
    expect(await readProblem(await (await withJob()).get(`/jobs/${id}`))).toMatchObject({ status: 404 });
  });

  it('fails with 503 while the store is down', async () => {
    const { get, id, breakStore } = await withJob();
    breakStore('unavailable');
    for (const path of [`/jobs/${id}`, `/jobs/${id}?wait=5`]) {
      const response = await get(path);
      expect(response.headers.get('retry-after')).toBe('5');
      expect(await readProblem(response)).toMatchObject({ status: 503 });
    }
  });
});

describe('GET /jobs/{id}?wait=N', () => {
  it('answers when the job ends', async () => {
    const { get, id, clock, complete } = await withJob();
    clock.in(4_000, () => complete(id, { sum: 3 }));
    const response = await get(`/jobs/${id}?wait=25`);
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ status: 'completed', result: { sum: 3 } });
    expect(clock.now() - START).toBeGreaterThanOrEqual(4_000);
    expect(clock.now() - START).toBeLessThanOrEqual(5_000);
  });

  it('answers the job as it stands when the time is over', async () => {
    const { get, id, clock } = await withJob();
    const response = await get(`/jobs/${id}?wait=3`);
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ status: 'dispatched' });
    expect(clock.now() - START).toBe(3_000);
  });

  it.each([`0`, `25`])('takes %s', async (wait) => {
    const { get, id } = await withJob();
    expect((await get(`/jobs/${id}?wait=${wait}`)).status).toBe(200);
  });

  it('does not wait for a job that is not there', async () => {
    const { get, clock } = await withJob();
    expect((await get('/jobs/nope?wait=25')).status).toBe(404);
    expect(clock.now()).toBe(START);
  });

  it.each(['wait=26', 'wait=', 'wait=a', 'wait=-1', 'wait=1.5', 'wait=+1', 'wait=1&wait=2', 'limit=1', '__proto__=1'])(
    'fails with 400 for ?%s',
    async (query) => {
      const { get, id } = await withJob();
      const problem = await readProblem(await get(`/jobs/${id}?${query}`));
      expect(problem).toMatchObject({ status: 400, errors: [{ parameter: query.split('=')[0] }] });
    },
  );

  it('names the limit', async () => {
    const { get, id } = await withJob();
    expect((await readProblem(await get(`/jobs/${id}?wait=26`))).detail).toContain('from 0 to 25');
  });
});

describe('the routes', () => {
  it('answers exactly those of the stack', () => {
    expect(Object.keys(ROUTE_TABLE).sort()).toEqual([...ROUTES].sort());
  });

  it.each(['/', '/nope', '/jobs/', '/jobs/a/b', '/JOBS', '//jobs'])('fails with 404 for %s', async (path) => {
    const problem = await readProblem(await createHttpStack().request(path));
    expect(problem).toMatchObject({ status: 404, type: 'urn:async-endpoints:problem:not-found' });
  });

  it.each([
    ['GET', '/jobs', 'POST'],
    ['DELETE', '/jobs', 'POST'],
    ['OPTIONS', '/jobs', 'POST'],
    ['POST', '/jobs/a', 'GET, HEAD'],
    ['PATCH', '/jobs/a', 'GET, HEAD'],
  ])('fails with 405 for %s %s', async (method, path, allowed) => {
    const response = await createHttpStack().request(path, { method });
    expect(response.headers.get('allow')).toBe(allowed);
    expect(await readProblem(response)).toMatchObject({ status: 405 });
  });

  it('fails with 500 and no word of the reason when something breaks', async () => {
    const { post, clock, log } = createHttpStack();
    Object.defineProperty(clock, 'now', {
      value: () => {
        throw new Error('secret');
      },
    });
    const broken = await post({ type: 'anything', input: 1 });
    expect(await readProblem(broken)).toMatchObject({ status: 500 });
    expect(log).toEqual([expect.stringContaining('secret')]);
  });
});
