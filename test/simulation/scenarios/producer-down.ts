import type { Scenario } from './scenario.ts';
import { drawScript, submitScripts } from './submit-scripts.ts';

const JOBS = 8;
const DOWN_MS = 10 * 60_000;

/** For ten minutes nobody sweeps. */
export const producerDown: Scenario = {
  name: 'producer-down',
  faults: { stopAt: 12 * 60_000, busyMs: DOWN_MS, windows: [{ kind: 'tick-missing', from: 0, until: DOWN_MS }] },
  begin: (world) => {
    submitScripts(world, JOBS, (name, index) => ({
      script: drawScript(world, name),
      atMs: world.faults.detail(`${name}/at`) * DOWN_MS,
      delayMs: index % 4 === 0 ? 20 * 60_000 : 0,
    }));
  },
};
