import { expect, it } from 'vitest';
import { runCourse } from './run/course.ts';
import { RARE_BRANCHES, type RareBranch } from './run/rare-branches.ts';
import { scenarioOf } from './scenarios/index.ts';

/** So many seeds a scenario has to reach what it aims at. */
const SEEDS = 120;

it.each(Object.entries(RARE_BRANCHES).map(([branch, scenario]) => ({ branch: branch as RareBranch, scenario })))(
  'reaches "$branch" in the scenario $scenario',
  async ({ branch, scenario }) => {
    const reached = new Set<RareBranch>();
    let seeds = 0;
    for (; seeds < SEEDS && !reached.has(branch); seeds += 1) {
      await runCourse({ scenario: scenarioOf(scenario), seed: seeds, reached });
    }
    expect([...reached], `${seeds} seeds`).toContain(branch);
  },
  60_000,
);
