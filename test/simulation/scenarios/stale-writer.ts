import type { Step } from '../world/job-types.ts';
import { steer } from '../world/person.ts';
import type { Scenario } from './scenario.ts';
import { submitScripts } from './submit-scripts.ts';

const JOBS = 6;
const MINUTE_MS = 60_000;

/** Workers freeze beyond their leases, wake up, and want to record what nobody waits for any more. */
export const staleWriter: Scenario = {
  name: 'stale-writer',
  faults: {
    stopAt: 10 * MINUTE_MS,
    busyMs: 2 * MINUTE_MS,
    windows: [
      { kind: 'paused', from: 0, until: 4 * MINUTE_MS },
      { kind: 'visible-early', from: 0, until: 4 * MINUTE_MS },
    ],
  },
  begin: (world) => {
    submitScripts(world, JOBS, (name, index) => {
      const afterMs = Math.floor(world.faults.detail(`${name}/work`) * 12_000);
      const first: readonly Step[] = [
        { do: 'progress', afterMs },
        { do: 'throw', afterMs },
        { do: 'return', afterMs },
      ];
      return {
        script: [first[index % first.length] ?? { do: 'return', afterMs }, { do: 'return', afterMs }],
        atMs: index * 500,
        onAccepted: (jobId) => {
          if (index % 2 === 1) {
            world.later(world.faults.detail(`${name}/cancel`) * 90_000, () => steer(world, 'cancel', jobId));
          }
        },
      };
    });
  },
};
