import type { Scenario } from './scenario.ts';
import { submitScripts } from './submit-scripts.ts';

const JOBS = 15;

/** All jobs fail at once and come back at once, some of them for good, some until the budget is used up. */
export const retryStorm: Scenario = {
  name: 'retry-storm',
  faults: { stopAt: 10 * 60_000 },
  begin: (world) => {
    submitScripts(world, JOBS, (_, index) => ({
      script:
        index % 3 === 0
          ? [{ do: 'throw', afterMs: 1 }]
          : [
              { do: 'throw', afterMs: 1 },
              { do: 'later', seconds: index % 3 },
              { do: 'return', afterMs: 10 },
            ],
      atMs: index,
    }));
  },
};
