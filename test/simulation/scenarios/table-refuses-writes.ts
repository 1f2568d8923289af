import type { Scenario } from './scenario.ts';
import { drawScript, submitScripts } from './submit-scripts.ts';

const JOBS = 8;
const DOWN = { from: 10_000, until: 130_000 } as const;

/** For two minutes the table can be read and not written. */
export const tableRefusesWrites: Scenario = {
  name: 'table-refuses-writes',
  faults: {
    stopAt: 10 * 60_000,
    windows: ['/create', '/claim', '/write'].map((of) => ({ kind: 'throttled' as const, ...DOWN, of })),
  },
  begin: (world) => {
    submitScripts(world, JOBS, (name) => ({
      script: drawScript(world, name),
      atMs: world.faults.detail(`${name}/at`) * DOWN.until,
    }));
  },
};
