import { steer } from '../world/person.ts';
import type { Scenario } from './scenario.ts';
import { drawScript, submitScripts } from './submit-scripts.ts';

const JOBS = 10;

/** Callers want jobs stopped while they are about to start, run, end, or wait for a retry. */
export const cancelRacesClaim: Scenario = {
  name: 'cancel-races-claim',
  faults: { stopAt: 10 * 60_000 },
  begin: (world) => {
    submitScripts(world, JOBS, (name, index) => {
      const waitMs = 10 ** (world.faults.detail(`${name}/cancel`) * 4.5);
      return {
        script: drawScript(world, name),
        atMs: index * 20,
        onAccepted: (jobId) => world.later(waitMs, () => steer(world, 'cancel', jobId)),
      };
    });
  },
};
