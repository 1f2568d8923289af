import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SCENARIOS } from '../../simulation/scenarios/index.ts';
import { runEngineCourse } from './engine-course.ts';
import { type Engines, startEngines } from './engines.ts';

/** Of each scenario. `npm run faults -- --engines --seeds N --from S` runs more. */
const SEEDS = 2;

let engines: Engines;

beforeAll(async () => {
  engines = await startEngines();
});

afterAll(async () => {
  await engines.close();
});

describe('every invariant holds on the engines behind fault proxies', () => {
  it.each(SCENARIOS.map((scenario) => ({ scenario, name: scenario.name })))(
    'in the scenario $name',
    async ({ scenario }) => {
      for (let seed = 0; seed < SEEDS; seed += 1) {
        const { violation, struck } = await runEngineCourse(engines, { scenario, seed });
        expect({ seed, violation, struck: violation === undefined ? [] : struck }).toEqual({
          seed,
          violation: undefined,
          struck: [],
        });
      }
    },
  );
});
