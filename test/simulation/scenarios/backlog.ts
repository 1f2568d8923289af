import type { Scenario } from './scenario.ts';
import { submitScript } from './submit-scripts.ts';

const JOBS = 400;

/** Four hundred jobs and one consumer, whose queue is kept short. */
export const backlog: Scenario = {
  name: 'backlog',
  faults: { stopAt: 10 * 60_000 },
  seedsInTest: 8,
  world: { concurrency: 1, queueDepthCap: 50 },
  begin: (world) => {
    for (let index = 0; index < JOBS; index += 1) {
      submitScript(world, { name: `job-${index}`, script: [{ do: 'return', afterMs: 2_000 }], atMs: index });
    }
  },
};
