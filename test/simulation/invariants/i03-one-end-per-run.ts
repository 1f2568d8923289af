import { isFinal } from '../../../lib/core/index.ts';
import type { Observer } from '../world/observed.ts';

/** I3: each run has one end, and a job enters a final status from a live one only, once until a person re-opens it. */
export function oneEndPerRun(): Observer {
  return {
    onWrite: ({ event, before, after }) => {
      if (event === 'raw-put' || event === 'move-lane' || before === undefined) {
        return undefined;
      }
      if (isFinal(before.status) && isFinal(after.status)) {
        return `I3: ${after.id} was ${before.status} already when ${event} made it ${after.status}`;
      }
      return before.status === 'running' && after.status === 'running' && before.attempt !== after.attempt
        ? `I3: attempt ${before.attempt} of ${after.id} had no end before the next`
        : undefined;
    },
  };
}
