import { steer } from '../world/person.ts';
import type { Scenario } from './scenario.ts';
import { submitScripts } from './submit-scripts.ts';

const JOBS = 8;
const REDRIVES = 6;

/** Dead letters come back while their jobs fail again, are retried by other people, or have long been completed. */
export const redriveRacesFinish: Scenario = {
  name: 'redrive-races-finish',
  faults: { stopAt: 10 * 60_000 },
  begin: (world) => {
    submitScripts(world, JOBS, (name, index) => ({
      script: [
        { do: index % 2 === 0 ? 'permanent' : 'exit', afterMs: 5 },
        { do: 'permanent', afterMs: 5 },
        { do: 'permanent', afterMs: 5 },
        { do: 'return', afterMs: 5 },
      ],
      atMs: index * 20,
      onAccepted: (jobId) =>
        world.later(10 ** (1 + world.faults.detail(`${name}/retry`) * 4), () => steer(world, 'retry', jobId)),
    }));
    for (let redrive = 0; redrive < REDRIVES; redrive += 1) {
      world.later(10 ** (1.5 + world.faults.detail(`redrive#${redrive}`) * 4), () => world.redrive());
    }
  },
};
