import type { Scenario } from './scenario.ts';
import { submitScripts } from './submit-scripts.ts';

const JOBS = 12;

/** More work in a batch than an invocation has time for, and a job that must run alone among it. */
export const slowBatch: Scenario = {
  name: 'slow-batch',
  faults: { stopAt: 10 * 60_000, busyMs: 2 * 60_000 },
  world: { concurrency: 1, batchConcurrency: 2 },
  begin: (world) => {
    submitScripts(world, JOBS, (name, index) => {
      const afterMs = 8_000 + Math.floor(world.faults.detail(`${name}/work`) * 11_000);
      return {
        script:
          index === 0
            ? [
                { do: 'exit', afterMs: 100 },
                { do: 'return', afterMs },
              ]
            : [{ do: 'return', afterMs }],
        atMs: index,
      };
    });
  },
};
