import type { Observer } from '../world/observed.ts';
import type { World } from '../world/world.ts';

/** I1: once faults stop, every job that is in the table, and so every one that was acknowledged, becomes final. */
export function everyAcceptedJobEnds(world: World): Observer {
  return {
    atEnd: () => {
      const { acknowledged, records } = world.ledger;
      const lost = acknowledged.find(({ jobId }) => !records.has(jobId));
      if (lost !== undefined) {
        return `I1: ${lost.jobId} was acknowledged and is not in the table`;
      }
      if (world.ledger.liveCount > 0) {
        const live = world.ledger.liveJobs().map(({ id, status, attempt }) => `${id} ${status} in attempt ${attempt}`);
        return `I1: not final although faults stopped: ${live.join(', ')}`;
      }
      return world.isAtRest() ? undefined : 'I1: messages or processes are left although every job is final';
    },
  };
}
