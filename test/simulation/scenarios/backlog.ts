import type { Scenario } from './scenario.ts';
import { submitScripts } from './submit-scripts.ts';

const JOBS = 400;

/** Four hundred jobs and one consumer, whose queue is kept short. */
export const backlog: Scenario = {
  name: 'backlog',
  faults: { stopAt: 10 * 60_000, busyMs: 2 * 60_000 },
  seedsInTest: 8,
  world: { concurrency: 1, queueDepthCap: 50 },
  begin: (world) => {
    submitScripts(world, JOBS, (_, index) => ({ script: [{ do: 'return', afterMs: 1_000 }], atMs: index }));
  },
};
