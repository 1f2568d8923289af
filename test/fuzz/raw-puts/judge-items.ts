import {
  DEFAULT_POLICY,
  type FinalJob,
  isFinalJob,
  isLiveLane,
  lanesOf,
  parseStored,
} from '../../../lib/core/index.ts';
import type { JobRecord } from '../../../lib/memory/index.ts';
import { defaultsOf, type Installation } from '../installation/installation.ts';

/** What became of an item. */
export type Fate =
  /** A handler ran it to its end. */
  | 'completed'
  | 'failed'
  /** It was asked for by the item itself. */
  | 'canceled'
  /** It is no job, and now says why. */
  | 'rejected'
  /** It was put as final, and only left the live lane. */
  | 'put as final'
  /** Its own time has not come. */
  | 'waits'
  /** No lane that the producer looks into. */
  | 'unseen';

/** A promise that was broken. */
class LostItemError extends Error {
  override readonly name = 'LostItemError';
  readonly code = 'lost-item';
}

const LIVE_LANES: readonly unknown[] = lanesOf('live', DEFAULT_POLICY);

export interface Course {
  readonly id: string;
  readonly before: JobRecord;
  readonly after: JobRecord | undefined;
}

/** @throws LostItemError when the item is neither run nor refused with the reason, nor left as it was put */
export function judgeItem(course: Course, installation: Installation): Fate {
  const { id, before, after } = course;
  const fail = (problem: string): never => {
    throw new LostItemError(`${problem}: ${show(before)} became ${show(after)}`);
  };
  if (after === undefined) {
    return fail('An item has vanished');
  }
  if (!LIVE_LANES.includes(before['lane'])) {
    return after['lane'] === before['lane'] ? 'unseen' : fail('An item that nobody sees was moved');
  }
  if (Number(after['nextAt']) > installation.clock.now() && isLiveLane(String(after['lane']))) {
    return 'waits';
  }
  const stored = parseStored(id, after, defaultsOf);
  if (stored.kind !== 'job' || !stored.complete) {
    return fail('An item is no job, and nobody says so');
  }
  if (!isFinalJob(stored.job)) {
    return fail('A job is due and not run');
  }
  return isLiveLane(stored.job.lane)
    ? fail('A final job is in a live lane')
    : judgeEnd(before, stored.job, installation.started.has(id), fail);
}

function judgeEnd(before: JobRecord, job: FinalJob, ran: boolean, fail: (problem: string) => never): Fate {
  if (!ran && before['status'] === job.status) {
    return 'put as final';
  }
  switch (job.status) {
    case 'completed':
      return ran ? 'completed' : fail('A job is completed that nobody ran');
    case 'canceled':
      return before['cancelRequested'] === true ? 'canceled' : fail('A job is canceled that nobody canceled');
    case 'failed':
      return job.error.message === '' ? fail('A job failed without a reason') : ran ? 'failed' : 'rejected';
  }
}

function show(record: JobRecord | undefined): string {
  const text = JSON.stringify(record, (_key, value: unknown) =>
    typeof value === 'bigint' ? `${value}n` : value instanceof Set ? [...value] : value,
  );
  return text === undefined ? 'nothing' : text.length > 2_000 ? `${text.slice(0, 2_000)}…` : text;
}
