import type { Scenario } from './scenario.ts';
import { submitScripts } from './submit-scripts.ts';

const JOBS = 12;
const MINUTE_MS = 60_000;
const BUSY_MS = 3 * MINUTE_MS;

/** Every clock is wrong, and jobs last nearly as long as their leases: who sweeps ends leases of runs that are well. */
export const clockSkew: Scenario = {
  name: 'clock-skew',
  faults: {
    stopAt: 10 * MINUTE_MS,
    busyMs: BUSY_MS,
    windows: [{ kind: 'skewed', from: 0, until: 2 * BUSY_MS }],
  },
  begin: (world) => {
    submitScripts(world, JOBS, (name) => ({
      script: [{ do: 'return', afterMs: 16_000 + Math.floor(world.faults.detail(`${name}/work`) * 3_500) }],
      atMs: world.faults.detail(`${name}/at`) * BUSY_MS,
    }));
  },
};
