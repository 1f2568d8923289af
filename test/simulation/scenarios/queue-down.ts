import type { Scenario } from './scenario.ts';
import { drawScript, submitScript } from './submit-scripts.ts';

const JOBS = 8;
const MINUTE_MS = 60_000;
const DOWN = { from: MINUTE_MS, until: 11 * MINUTE_MS } as const;

/** For ten minutes the queue answers nobody. */
export const queueDown: Scenario = {
  name: 'queue-down',
  faults: {
    stopAt: 12 * MINUTE_MS,
    windows: [
      ...['/send', '/depth', '/release', '/acknowledge'].map((of) => ({ kind: 'request-lost' as const, ...DOWN, of })),
      { kind: 'receive-refused', ...DOWN },
      { kind: 'delete-lost', ...DOWN },
    ],
  },
  begin: (world) => {
    for (let index = 0; index < JOBS; index += 1) {
      const name = `job-${index}`;
      submitScript(world, {
        name,
        script: drawScript(world, name),
        atMs: world.faults.detail(`${name}/at`) * DOWN.until,
      });
    }
  },
};
