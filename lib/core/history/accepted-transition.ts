import type { Change } from '../change.ts';
import type { Job, JobFields, RunningJob } from '../job.ts';
import type { Status } from '../status.ts';
import type { EventName } from '../transitions.ts';

/** One accepted write about a job, as the log tells it. The lines of a job are its history. */
export interface AcceptedTransition {
  readonly jobId: string;
  readonly event: 'submit' | EventName;
  /** Undefined for a new job, and for an item whose status could not be read or believed. */
  readonly from?: Status | undefined;
  readonly to: Status;
  /** As the write leaves it. */
  readonly attempt: number;
  /** When it was decided, in epoch milliseconds. */
  readonly at?: number | undefined;
  /**
   * `at` of the line before it in the job's history, as its author knew that; undefined where there was none. Every line there has
   * one successor, so two that name one line betray a lost fence.
   */
  readonly since?: number | undefined;
  /** On a claim: the runs that the budgets of the job allow between two words of a person, uncharged ones left out. */
  readonly maxRuns?: number | undefined;
  /** On a failure: the name of its error. */
  readonly reason?: string | undefined;
}

/** What a log says of a transition: the words by which its line is known among others. */
export function wordsFor({ event, to }: Pick<AcceptedTransition, 'event' | 'to'>): string {
  return event === 'submit' ? 'job submitted' : event === 'claim' ? 'job claimed' : `job ${to}`;
}

export function toSubmitted(job: Job): AcceptedTransition {
  return { jobId: job.id, event: 'submit', to: job.status, attempt: job.attempt, ...placeInHistory(job) };
}

export function toClaimed(job: RunningJob): AcceptedTransition {
  const from = job.history.at(-2)?.status;
  return {
    jobId: job.id,
    event: 'claim',
    from,
    to: job.status,
    attempt: job.attempt,
    ...placeInHistory(job),
    maxRuns: maxRunsOf(job),
  };
}

export function toAccepted({ id, event, from, at, after, set }: Change): AcceptedTransition {
  // An item that was not complete is written whole, with a history that may have no line for it.
  const hasLine = set.history !== undefined && after.history.at(-1)?.at === at;
  return {
    jobId: id,
    event,
    from,
    to: after.status,
    attempt: after.attempt,
    ...(hasLine ? placeInHistory(after) : { at, since: after.history.at(-1)?.at }),
    ...(after.status === 'failed' ? { reason: after.error.name } : {}),
  };
}

/** One more than the budgets: the run after which a job became suspect among others was charged to nobody. */
function maxRunsOf({ maxAttempts, maxCrashes }: Pick<JobFields, 'maxAttempts' | 'maxCrashes'>): number {
  return maxAttempts + maxCrashes + 1;
}

function placeInHistory({ history }: JobFields): Pick<AcceptedTransition, 'at' | 'since'> {
  return { at: history.at(-1)?.at, since: history.at(-2)?.at };
}
