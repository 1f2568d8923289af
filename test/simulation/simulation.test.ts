import { availableParallelism } from 'node:os';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Pool } from './pool/pool.ts';
import { RARE_BRANCHES, type RareBranch } from './run/rare-branches.ts';
import { SEARCH_NAMES } from './run/searches.ts';
import { createTally, searchFaults, simulateScenario } from './run/simulate.ts';
import { SCENARIOS } from './scenarios/index.ts';
import { VARIANTS } from './variants/index.ts';

/** Of all scenarios together. `npm run simulate -- --seeds N --from S` runs more. */
const SEEDS = 2_000;

const named = SCENARIOS.flatMap(({ seedsInTest }) => seedsInTest ?? []);
const seedsOfOthers = Math.ceil(
  (SEEDS - named.reduce((sum, seeds) => sum + seeds, 0)) / (SCENARIOS.length - named.length),
);
const runs = SCENARIOS.map(({ name, seedsInTest = seedsOfOthers }) => ({
  scenario: name,
  from: 0,
  seeds: seedsInTest,
}));
const reached = new Set<RareBranch>();
const startedAt = performance.now();
let courses = 0;
let pool: Pool;

beforeAll(() => {
  pool = new Pool(availableParallelism());
});

afterAll(async () => {
  await pool.close();
  const seeds = runs.reduce((sum, run) => sum + run.seeds, 0);
  const list = runs.map((run) => `${run.scenario} ${run.seeds}`).join(', ');
  const seconds = Math.round((performance.now() - startedAt) / 1_000);
  console.log(`Simulated: ${courses} courses, ${seeds} of them with drawn faults (${list}), in ${seconds} s`);
});

describe('every invariant holds', () => {
  it.each(runs)('in the scenario $scenario under $seeds seeds', async (run) => {
    const tally = createTally();
    await simulateScenario(pool, run, tally);
    courses += tally.courses;
    for (const branch of tally.reached) {
      reached.add(branch);
    }
    expect(tally.failures.join('\n\n')).toBe('');
  });

  it.each(SEARCH_NAMES)('under %s', async (search) => {
    const tally = createTally();
    await searchFaults(pool, { search, seed: 3 }, tally);
    courses += tally.courses;
    expect(tally.failures.join('\n\n')).toBe('');
    expect(tally.courses).toBeGreaterThan(500);
  });
});

describe('the simulation would notice', () => {
  it.concurrent.each(VARIANTS)('the broken variant "$name" in the scenario $scenario', async ({ name }) => {
    const hunt = await pool.run('huntVariant', name);
    expect(hunt).toMatchObject({ isCaught: true });
  });

  it.each(Object.entries(RARE_BRANCHES))('the rare branch "%s", to which the scenario %s leads', (branch) => {
    expect([...reached]).toContain(branch);
  });
});
