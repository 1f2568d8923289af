import type { Scenario } from './scenario.ts';
import { drawScript, submitScripts } from './submit-scripts.ts';

const JOBS = 8;
const MINUTE_MS = 60_000;
const DOWN = { from: MINUTE_MS, until: 11 * MINUTE_MS } as const;

/** For ten minutes the queue answers nobody. */
export const queueDown: Scenario = {
  name: 'queue-down',
  faults: {
    stopAt: 12 * MINUTE_MS,
    busyMs: DOWN.until,
    windows: [
      ...['/send', '/depth', '/release', '/acknowledge'].map((of) => ({ kind: 'request-lost' as const, ...DOWN, of })),
      { kind: 'receive-refused', ...DOWN },
      { kind: 'delete-lost', ...DOWN },
    ],
  },
  begin: (world) => {
    submitScripts(world, JOBS, (name) => ({
      script: drawScript(world, name),
      atMs: world.faults.detail(`${name}/at`) * DOWN.until,
    }));
  },
};
