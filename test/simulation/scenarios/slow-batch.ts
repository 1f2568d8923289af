import type { Scenario } from './scenario.ts';
import { submitScript } from './submit-scripts.ts';

const JOBS = 12;

/** More work in a batch than an invocation has time for, and a job that must run alone among it. */
export const slowBatch: Scenario = {
  name: 'slow-batch',
  faults: { stopAt: 10 * 60_000 },
  world: { concurrency: 1, batchConcurrency: 2 },
  begin: (world) => {
    for (let index = 0; index < JOBS; index += 1) {
      const afterMs = 8_000 + Math.floor(world.faults.detail(`job-${index}/work`) * 11_000);
      submitScript(world, {
        name: `job-${index}`,
        script:
          index === 0
            ? [
                { do: 'exit', afterMs: 100 },
                { do: 'return', afterMs },
              ]
            : [{ do: 'return', afterMs }],
        atMs: index,
      });
    }
  },
};
