import type { Observer } from '../world/observed.ts';
import type { World } from '../world/world.ts';

/** What the work takes: a claim, a settlement, messages, and what goes with them. */
const PER_RUN = 20;
const PER_JOB = 20;
/** What a producer takes to find nothing: three looks into each lane. */
const PER_TICK = 60;
/** What one fault may cost in tries again, or in another delivery of a whole batch. */
const PER_FAULT = 40;

/** I13: requests are bounded by the jobs, their runs, the ticks of the producer, and the faults: nobody asks in circles. */
export function noHotLoops(world: World): Observer {
  return {
    atEnd: () => {
      const { ledger, producerTicks, faults } = world;
      const bound =
        PER_JOB * ledger.records.size +
        PER_RUN * ledger.countRuns() +
        PER_TICK * producerTicks +
        PER_FAULT * faults.struck.length;
      const requests = [...world.network.requests.values()].reduce((sum, count) => sum + count, 0);
      return requests > bound ? `I13: ${requests} requests where at most ${bound} were to be expected` : undefined;
    },
  };
}
