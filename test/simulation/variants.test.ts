import { expect, it } from 'vitest';
import { runCourse } from './run/course.ts';
import { scenarioOf } from './scenarios/index.ts';
import { VARIANTS } from './variants/index.ts';

/** So many seeds a broken variant may survive. */
const SEEDS = 60;

it.each(VARIANTS.map((variant) => ({ variant, name: variant.name, scenario: variant.scenario })))(
  'finds out the broken variant "$name" in the scenario $scenario',
  async ({ variant }) => {
    const scenario = scenarioOf(variant.scenario);
    const { alterations } = variant;
    // First without any fault: some show themselves at once.
    let { violation } = await runCourse({ scenario, seed: 0, alterations, only: new Set() });
    for (let seed = 0; seed < SEEDS && violation === undefined; seed += 1) {
      violation = (await runCourse({ scenario, seed, alterations })).violation;
    }
    expect(variant.violates, violation ?? `no violation in ${SEEDS} seeds`).toContain(violation?.split(':', 1)[0]);
  },
  60_000,
);
