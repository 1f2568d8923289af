import { describe, expect, it } from 'vitest';
import type { FaultKind } from './faults/fault-kinds.ts';
import { searchFaults } from './run/every-fault.ts';
import { scenarioOf } from './scenarios/index.ts';
import type { Scenario } from './scenarios/scenario.ts';
import { submitScript } from './scenarios/submit-scripts.ts';

/** As small as a course can be that submits, fails, tries again and ends. */
const tiny: Scenario = {
  name: 'tiny',
  faults: { stopAt: 0 },
  begin: (world) => {
    submitScript(world, {
      name: 'job',
      script: [
        { do: 'throw', afterMs: 5 },
        { do: 'return', afterMs: 5 },
      ],
      atMs: 0,
    });
  },
};

/** The kinds that leave something half done; of the others each does what one of these does, only gentler. */
const HARSH: readonly FaultKind[] = [
  'request-lost',
  'answer-lost',
  'late-landing',
  'crash-before',
  'crash-after',
  'message-lost',
  'message-doubled',
  'visible-early',
  'delete-lost',
  'index-missing',
];

describe('every invariant holds', () => {
  it('under every single fault of the plain scenario', async () => {
    const { courses, failure } = await searchFaults({ scenario: scenarioOf('plain'), seed: 3, depth: 1 });
    expect(failure).toBeUndefined();
    expect(courses).toBeGreaterThan(500);
  }, 120_000);

  it('under every pair of faults of a job that fails once', async () => {
    const wanted = (kind: FaultKind): boolean => HARSH.includes(kind);
    const { courses, failure } = await searchFaults({ scenario: tiny, seed: 3, wanted, depth: 2 });
    expect(failure).toBeUndefined();
    expect(courses).toBeGreaterThan(1_000);
  }, 120_000);
});
