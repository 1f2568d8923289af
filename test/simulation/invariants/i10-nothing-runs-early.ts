import { RetryLater } from '../../../lib/core/index.ts';
import type { AcceptedWrite, Observer } from '../world/observed.ts';
import type { World } from '../world/world.ts';

/** Clocks differ by so much without being wrong. */
const TOLERANCE_MS = 2_000;
/** Upper bound of the first retry's delay, which doubles. */
const FIRST_RETRY_MS = 1_000;
const UNKNOWN_TYPE_MS = 5_000;

/**
 * I10: no run begins before the time that its caller, its handler or its backoff asked for, by the clock of whoever asked, but for
 * the tolerance and the error of the claimer's clock; and that time, no earlier, is what is stored.
 */
export function nothingRunsEarly(world: World): Observer {
  const earliest = new Map<string, number>();
  return {
    onWrite: (write) => {
      const { at, event, by, after } = write;
      if (event === 'claim') {
        const earlyMs = (earliest.get(after.id) ?? 0) - at - TOLERANCE_MS - (by?.skewMs ?? 0);
        return earlyMs > 0 ? `I10: ${after.id} was claimed ${earlyMs} ms before it may run` : undefined;
      }
      const asked = askedIn(world, write);
      if (asked === undefined) {
        return undefined;
      }
      earliest.set(after.id, asked);
      return event !== 'raw-put' && after.dueAt < asked
        ? `I10: ${event} stored that ${after.id} may run ${asked - after.dueAt} ms before it was asked for`
        : undefined;
    },
  };
}

/** Before which time the job shall not run as of this write; undefined if that does not change with it. */
function askedIn({ ledger }: World, { event, by, before, after, change }: AcceptedWrite): number | undefined {
  switch (event) {
    case 'submit': {
      const wish = by === undefined ? undefined : ledger.wishes.get(by);
      return wish?.kind === 'submit' ? (wish.runAt ?? 0) : undefined;
    }
    case 'raw-put':
      return after.dueAt ?? after.nextAt ?? 0;
    case 'retry':
    case 'redrive':
      return 0;
    case 'unknown-type':
      return after.status === 'queued' ? (before?.startedAt ?? 0) + UNKNOWN_TYPE_MS : undefined;
    case 'fail': {
      const run = ledger.runOf(after.id, after.attempt);
      if (run === undefined || (after.status !== 'queued' && after.status !== 'dispatched')) {
        return undefined;
      }
      const { error, process, startedAt, endedAt = startedAt } = run;
      const least = ledger.leastDrawn(process) * FIRST_RETRY_MS * 2 ** (after.failures - 1);
      const delayMs = error instanceof RetryLater ? error.delaySeconds * 1_000 : Math.floor(least);
      // A handler that outlives its time is recorded as failed before it ends.
      return Math.min(endedAt + process.skewMs, change?.at ?? 0) + delayMs;
    }
    default:
      return undefined;
  }
}
