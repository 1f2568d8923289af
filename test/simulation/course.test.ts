import { expect, it } from 'vitest';
import { Pool } from './pool/pool.ts';
import { runCourse } from './run/course.ts';
import { shrink } from './run/shrink.ts';
import { scenarioOf } from './scenarios/index.ts';

const scenario = scenarioOf('plain');

it('is the same under the same seed, here and in a worker, and another under another', async () => {
  const first = await runCourse({ scenario, seed: 7 });
  expect((await runCourse({ scenario, seed: 7 })).hash).toBe(first.hash);
  expect((await runCourse({ scenario, seed: 8 })).hash).not.toBe(first.hash);
  const pool = new Pool(1);
  const inWorker = await pool.run('runCourses', { scenario: 'plain', from: 7, count: 1 });
  await pool.close();
  expect(inWorker.hash).toBe(first.hash);
});

it('is the same when its faults are named instead of drawn', async () => {
  const drawn = await runCourse({ scenario, seed: 7 });
  const named = await runCourse({ scenario, seed: 7, only: new Set(drawn.struck) });
  expect(drawn.struck.length).toBeGreaterThan(0);
  expect(named.hash).toBe(drawn.hash);
});

it('fails with the few of its faults that it takes', async () => {
  const entries = Array.from({ length: 50 }, (_, index) => index);
  expect(await shrink(entries, async (part) => part.includes(13) && part.includes(37))).toEqual([13, 37]);
});
