import type { EventName } from '../../../lib/core/index.ts';
import type { AcceptedWrite, Observer } from '../world/observed.ts';

/** What a worker writes about its own run. */
const OWN: readonly (EventName | 'submit' | 'raw-put')[] = [
  'complete',
  'fail',
  'interrupt',
  'unknown-type',
  'progress',
];

/** I5: who writes about a run is the process that claimed it, and the run is still the job's. */
export function staleWorkersChangeNothing(): Observer {
  const claimers = new Map<string, AcceptedWrite['by']>();
  return {
    onWrite: ({ event, by, before, after, change }) => {
      if (event === 'claim') {
        claimers.set(`${after.id}/${after.attempt}`, by);
        return undefined;
      }
      if (!OWN.includes(event)) {
        return undefined;
      }
      const mine = change?.after.attempt;
      if (before?.status !== 'running' || before.attempt !== mine || claimers.get(`${after.id}/${mine}`) !== by) {
        return `I5: ${by?.name} wrote ${event} about attempt ${mine} of ${after.id}, which was ${before?.status} in attempt ${before?.attempt}`;
      }
      return undefined;
    },
  };
}
