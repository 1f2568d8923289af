import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SCENARIOS, scenarioOf } from '../../simulation/scenarios/index.ts';
import { deadLetterFirst } from '../../simulation/variants/dead-letter-first.ts';
import { earlyRunsEarly } from '../../simulation/variants/early-runs-early.ts';
import { noCrashBudget } from '../../simulation/variants/no-crash-budget.ts';
import { wholeBatchCharged } from '../../simulation/variants/whole-batch-charged.ts';
import { runEngineCourse } from './engine-course.ts';
import { type Engines, startEngines } from './engines.ts';

/** Of each scenario: they take real requests. `npm run faults -- --engines --seeds N --from S` runs more. */
const SEEDS = 1;

let engines: Engines;

beforeAll(async () => {
  engines = await startEngines();
});

afterAll(async () => {
  await engines.close();
});

const struckKinds = new Set<string>();

describe('every invariant holds on the engines behind fault proxies', () => {
  it.each(SCENARIOS)('in the scenario $name', async (scenario) => {
    const { name } = scenario;
    for (let seed = 0; seed < SEEDS; seed += 1) {
      const { violation, struck } = await runEngineCourse(engines, { scenario, seed });
      for (const fault of struck) struckKinds.add(fault.slice(fault.lastIndexOf(':') + 1));
      const replay = `npm run faults -- --engines --scenario ${name} --from ${seed} --seeds 1`;
      expect(violation, `${replay}\nfaults: ${struck.join(',')}`).toBeUndefined();
    }
  });

  it.each(['answer-lost', 'late-landing'])('under the fault %s', (kind) => {
    expect([...struckKinds]).toContain(kind);
  });
});

describe('a broken variant', () => {
  it.each([deadLetterFirst, noCrashBudget, wholeBatchCharged])(
    'fails: $name',
    async ({ scenario, violates, alterations }) => {
      const course = await runEngineCourse(engines, { scenario: scenarioOf(scenario), seed: 0, alterations });
      expect(violates).toContain(course.violation?.split(':')[0]);
    },
  );

  it('is refused where the engines would show nothing of it', async () => {
    const { scenario, alterations } = earlyRunsEarly;
    const course = runEngineCourse(engines, { scenario: scenarioOf(scenario), seed: 0, alterations });
    await expect(course).rejects.toThrow('"store" of a variant cannot be put in place');
  });
});
