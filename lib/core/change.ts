import type { Job, JobFields } from './job.ts';
import { isFinal, isStatus, type Status } from './status.ts';
import type { EventName } from './transitions.ts';

/** What a reader saw of a job, as stored: absent counts as a value. The next write is conditional on all of it. */
export interface Seen {
  readonly status: unknown;
  readonly attempt: unknown;
  readonly nextAt: unknown;
  readonly cancelRequested: unknown;
  /** Of a final job only: people may let one end twice in the same attempt, and what was meant for one end is not for the other. */
  readonly finishedAt?: unknown;
}

export function seenOf(record: Readonly<Record<string, unknown>>): Seen {
  const { status, attempt, nextAt, cancelRequested, finishedAt } = record;
  return { status, attempt, nextAt, cancelRequested, ...(isStatus(status) && isFinal(status) ? { finishedAt } : {}) };
}

/** What the next write compares. */
export function seenFields(seen: Seen): readonly (keyof Seen)[] {
  return Object.keys(seen) as (keyof Seen)[];
}

/** The condition under which a change may be written. */
export type Guard =
  /** Nothing happened to the job since it was read. */
  | { readonly kind: 'as-read'; readonly seen: Seen }
  /** The run that writes still owns the job; where asked, nobody wants it canceled. */
  | {
      readonly kind: 'own-run';
      readonly attempt: number;
      readonly token: string;
      readonly unlessCancelRequested: boolean;
    }
  /** The job is still failed in the attempt that the dead letter names. */
  | { readonly kind: 'dead-letter'; readonly attempt: number };

/** A decided transition: what to write, under which condition. Built by core alone; a store only persists it. */
export interface Change {
  readonly id: string;
  readonly event: EventName;
  /** The status that the job leaves; undefined when it was unreadable. */
  readonly from: Status | undefined;
  /** When it was decided. */
  readonly at: number;
  readonly guard: Guard;
  readonly set: Partial<JobFields>;
  readonly remove: readonly (keyof JobFields)[];
  /**
   * The job as it is once the change is accepted. The table may be ahead in what no guard looks at: of the progress that a run
   * told meanwhile, and, for a run that tells it, of `nextAt` and a cancel request.
   */
  readonly after: Job;
}

/** An attempt to claim a job that was not read before: the condition stands in {@link canClaim}. */
export interface Claim {
  readonly id: string;
  readonly token: string;
  readonly now: number;
  /** Nothing else runs in this invocation. */
  readonly solo: boolean;
  /** Suspects are refused all the same: the rest of their batch comes first. */
  readonly suspectsWait?: boolean;
  /** Only jobs whose timeout is at most this long may start; undefined for an invocation's first job. */
  readonly fitMs: number | undefined;
  /** How long the run may take where that is less than the job's timeout: only for an invocation's first job. */
  readonly leaseMs?: number | undefined;
  readonly leaseMarginMs: number;
}
