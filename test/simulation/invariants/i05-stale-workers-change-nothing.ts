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

/** I5: who starts the handler of a run, and who writes about it, is the process that claimed it. */
export function staleWorkersChangeNothing(): Observer {
  const claimers = new Map<string, AcceptedWrite['by']>();
  return {
    onWrite: ({ event, by, before, after }) => {
      if (event === 'claim') {
        claimers.set(`${after.id}/${after.attempt}`, by);
      }
      return OWN.includes(event) && claimers.get(`${after.id}/${before?.attempt}`) !== by
        ? `I5: ${by?.name} wrote ${event} about attempt ${before?.attempt} of ${after.id}, which is not its own`
        : undefined;
    },
    onStart: ({ jobId, attempt, process }) =>
      claimers.get(`${jobId}/${attempt}`) === process
        ? undefined
        : `I5: ${process.name} started attempt ${attempt} of ${jobId}, which it had not claimed`,
  };
}
