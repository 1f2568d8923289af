import type { Scenario } from './scenario.ts';
import { drawScript, submitScripts } from './submit-scripts.ts';

const JOBS = 8;
/** Longer than the time before. */
const LONG_MS = 11_000;
const DOWN = { from: 10_000, until: 130_000 } as const;

/** For two minutes, which begin while handlers run, the table can be read and not written. */
export const tableRefusesWrites: Scenario = {
  name: 'table-refuses-writes',
  faults: {
    stopAt: 10 * 60_000,
    busyMs: DOWN.until,
    windows: ['/create', '/claim', '/write'].map((of) => ({ kind: 'throttled' as const, ...DOWN, of })),
  },
  begin: (world) => {
    submitScripts(world, JOBS, (name, index) => {
      const drawn = world.faults.detail(`${name}/at`);
      return index % 2 === 0
        ? { script: drawScript(world, name), atMs: drawn * DOWN.until }
        : { script: [{ do: 'return', afterMs: LONG_MS }], atMs: drawn * DOWN.from };
    });
  },
};
