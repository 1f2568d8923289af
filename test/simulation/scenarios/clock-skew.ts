import type { Scenario } from './scenario.ts';
import { submitScripts } from './submit-scripts.ts';

const JOBS = 20;
const MINUTE_MS = 60_000;
const BUSY_MS = 2 * MINUTE_MS;

/** Every clock is wrong, and jobs last nearly as long as their leases: who sweeps ends leases of runs that are well. */
export const clockSkew: Scenario = {
  name: 'clock-skew',
  faults: {
    stopAt: 10 * MINUTE_MS,
    busyMs: BUSY_MS,
    windows: [
      { kind: 'skewed', from: 0, until: 2 * BUSY_MS },
      // Runs that begin late are under way when the producer looks at their jobs.
      { kind: 'message-delayed', from: 0, until: BUSY_MS },
      // Each minute two producers look, by two clocks.
      { kind: 'tick-doubled', from: 0, until: 2 * BUSY_MS },
    ],
  },
  world: { concurrency: 20 },
  begin: (world) => {
    submitScripts(world, JOBS, (name) => ({
      script: [{ do: 'return', afterMs: 18_000 + Math.floor(world.faults.detail(`${name}/work`) * 1_500) }],
      atMs: world.faults.detail(`${name}/at`) * BUSY_MS,
    }));
  },
};
