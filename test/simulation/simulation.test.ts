import { describe, expect, it } from 'vitest';
import { type CourseOptions, runCourse } from './run/course.ts';
import { explainFailure } from './run/explain.ts';
import { shrink } from './run/shrink.ts';
import { SCENARIOS, scenarioOf } from './scenarios/index.ts';

/** Of each scenario that names no number of its own. `npm run simulate -- --seeds N --from S` runs more. */
const SEEDS = 40;

/** Undefined when all went well, else what it took to fail. */
async function failureOf(options: CourseOptions): Promise<string | undefined> {
  const course = await runCourse(options);
  return course.violation === undefined ? undefined : await explainFailure(options, course);
}

describe('every invariant holds', () => {
  it.each(SCENARIOS.map((scenario) => ({ scenario, name: scenario.name, seeds: scenario.seedsInTest ?? SEEDS })))(
    'in the scenario $name under $seeds seeds from 0 on',
    async ({ scenario, seeds }) => {
      for (let seed = 0; seed < seeds; seed += 1) {
        expect(await failureOf({ scenario, seed })).toBeUndefined();
      }
    },
    120_000,
  );
});

describe('a course', () => {
  const scenario = scenarioOf('plain');

  it('is the same under the same seed, and another under another', async () => {
    const [first, again, other] = [
      await runCourse({ scenario, seed: 7 }),
      await runCourse({ scenario, seed: 7 }),
      await runCourse({ scenario, seed: 8 }),
    ];
    expect(again.hash).toBe(first.hash);
    expect(other.hash).not.toBe(first.hash);
  });

  it('is the same when its faults are named instead of drawn', async () => {
    const drawn = await runCourse({ scenario, seed: 7 });
    const named = await runCourse({ scenario, seed: 7, only: new Set(drawn.struck) });
    expect(drawn.struck.length).toBeGreaterThan(0);
    expect(named.hash).toBe(drawn.hash);
  });
});

it('shrinks a list to what it takes to fail', async () => {
  const entries = Array.from({ length: 50 }, (_, index) => index);
  expect(await shrink(entries, async (part) => part.includes(13) && part.includes(37))).toEqual([13, 37]);
});
