import { steer } from '../world/person.ts';
import type { Scenario } from './scenario.ts';
import { submitScripts } from './submit-scripts.ts';

const JOBS = 8;
const RETRIES = 3;

/** People re-open jobs at the very moment at which they end, and cancel them again. */
export const retryRacesFinish: Scenario = {
  name: 'retry-races-finish',
  faults: { stopAt: 10 * 60_000 },
  begin: (world) => {
    submitScripts(world, JOBS, (name, index) => ({
      script: [
        { do: 'permanent', afterMs: 5 },
        { do: 'permanent', afterMs: 5 },
        { do: 'return', afterMs: 5 },
      ],
      atMs: index * 20,
      onAccepted: (jobId) => {
        for (let retry = 0; retry < RETRIES; retry += 1) {
          world.later(10 ** (1 + world.faults.detail(`${name}/retry#${retry}`) * 3), () =>
            steer(world, 'retry', jobId),
          );
        }
        if (index % 3 === 0) {
          world.later(10 ** (1 + world.faults.detail(`${name}/cancel`) * 3), () => steer(world, 'cancel', jobId));
        }
      },
    }));
  },
};
