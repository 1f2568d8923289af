import { type AcceptedTransition, createHistoryChecker } from '../../../lib/core/index.ts';
import { scripted } from '../world/job-types.ts';
import type { AcceptedWrite, Observer } from '../world/observed.ts';

/** As the definition of every simulated job has it, whatever an item says. */
const MAX_RUNS = scripted.retry.maxAttempts + scripted.retry.maxCrashes + 1;

/**
 * I3 to I7, as far as the history of a job shows: `async-endpoints verify` reads the same from a log. What only the world knows (who
 * wrote, what a handler really did) is checked beside it.
 */
export function historiesHold(): Observer {
  const checker = createHistoryChecker();
  return {
    onWrite: (write) => {
      if (write.event === 'raw-put') {
        return undefined;
      }
      checker.add(toTransition(write, write.event));
      const { violations, gaps } = checker.check(write.after.id);
      const [violation] = violations;
      if (violation !== undefined) {
        return `${violation.invariant}: ${violation.jobId}, ${violation.detail}`;
      }
      // Every write is seen here, so nothing can be missing.
      return gaps.length === 0 ? undefined : `I5: ${write.after.id}, nothing led to ${gaps[0]}`;
    },
  };
}

/** Not as its author tells it, but as the table has it. */
function toTransition(
  { before, after, change }: AcceptedWrite,
  event: AcceptedTransition['event'],
): AcceptedTransition {
  const hasLine = change === undefined || (change.set.history !== undefined && after.history.at(-1)?.at === change.at);
  return {
    jobId: after.id,
    event,
    from: before?.status,
    to: after.status,
    attempt: after.attempt,
    ...(hasLine
      ? { at: after.history.at(-1)?.at, since: after.history.at(-2)?.at }
      : { at: change.at, since: after.history.at(-1)?.at }),
    ...(event === 'claim' ? { maxRuns: MAX_RUNS } : {}),
    ...(after.status === 'failed' ? { reason: after.error?.name } : {}),
  };
}
