import type { FinalStatus, Status } from './status.ts';

/** Why an attempt, or a job, failed. Names are a handler's error names or one of {@link FAILURE_REASONS}; no stack traces. */
export interface JobError {
  readonly name: string;
  readonly message: string;
  /** The attempt that failed, counted from 1; 0 when the job never ran. */
  readonly attempt: number;
  readonly at: number;
}

/** Reasons that the system itself gives; a handler's own error keeps its own name. */
export const FAILURE_REASONS = {
  crashed: 'crashed',
  timedOut: 'timed-out',
  unknownType: 'unknown-type',
  invalidInput: 'invalid-input',
  resultUnstorable: 'result-unstorable',
  malformed: 'malformed',
} as const;

/** One line of a job's short history: the status it entered, when, in which attempt, and why if that is not plain. */
export interface HistoryEntry {
  readonly status: Status;
  readonly at: number;
  readonly attempt: number;
  readonly detail?: string;
}

/** Every field that a job can have in the store. All times are epoch milliseconds. */
export interface JobFields {
  readonly id: string;
  readonly type: string;
  readonly status: Status;
  /** JSON text of the input. */
  readonly input: string;
  /** Hash of type and input, kept for jobs with an idempotency key. */
  readonly inputHash?: string;
  /** Label for fairness between tenants; becomes the message group. */
  readonly group?: string;
  /** Counts claims. Never goes down. */
  readonly attempt: number;
  /** Counts attempts whose handler reported an error. */
  readonly failures: number;
  /** Counts attempts that ended without a word while they ran alone. */
  readonly crashes: number;
  readonly maxAttempts: number;
  readonly maxCrashes: number;
  readonly timeoutMs: number;
  readonly createdAt: number;
  /** When the job may run. */
  readonly dueAt: number;
  /** The index partition: `<queue>#live#<shard>` while not final. */
  readonly lane?: string;
  /** When somebody must look at the job again. Never missing on a job that is not final. */
  readonly nextAt?: number;
  readonly history: readonly HistoryEntry[];
  /** Messages sent since the job last waited, for the doubling of the grace. */
  readonly dispatches?: number;
  /** An invocation died with this job among others: it runs alone until a person's retry. */
  readonly suspect?: true;
  /** When a consumer first met this job without knowing its type. */
  readonly unknownTypeSince?: number;
  readonly startedAt?: number;
  readonly token?: string;
  readonly leaseUntil?: number;
  /** Nothing else ran in the invocation that claimed it. */
  readonly solo?: boolean;
  readonly cancelRequested?: true;
  /** JSON text of what the handler last told about its progress. */
  readonly progress?: string;
  /** JSON text of what the handler returned. */
  readonly result?: string;
  readonly error?: JobError;
  readonly finishedAt?: number;
  /** When the store may delete it. Only on final jobs. */
  readonly expiresAt?: number;
}

/** Fields of a run: there while `running`, the token until the next claim (it tells whether an own write landed). */
type RunField = 'token' | 'leaseUntil' | 'solo' | 'cancelRequested';
type EndField = 'result' | 'finishedAt' | 'expiresAt';
type Live = Omit<JobFields, 'status' | 'lane' | 'nextAt' | RunField | EndField> & {
  readonly lane: string;
  readonly nextAt: number;
};
type Ended = Omit<
  JobFields,
  'status' | 'finishedAt' | 'expiresAt' | 'result' | 'leaseUntil' | 'solo' | 'cancelRequested'
> & {
  readonly finishedAt: number;
  readonly expiresAt: number;
};

export type QueuedJob = Live & { readonly status: 'queued'; readonly token?: string; readonly cancelRequested?: true };
export type DispatchedJob = Live & {
  readonly status: 'dispatched';
  readonly token?: string;
  readonly cancelRequested?: true;
};
export type RunningJob = Live & {
  readonly status: 'running';
  readonly token: string;
  readonly leaseUntil: number;
  readonly solo: boolean;
  readonly startedAt: number;
  readonly cancelRequested?: true;
};
export type CompletedJob = Ended & { readonly status: 'completed'; readonly result: string };
export type FailedJob = Ended & { readonly status: 'failed'; readonly error: JobError };
export type CanceledJob = Ended & { readonly status: 'canceled' };

export type LiveJob = QueuedJob | DispatchedJob | RunningJob;
export type FinalJob = CompletedJob | FailedJob | CanceledJob;
/** A job, discriminated by `status`: a field exists only where it is true. */
export type Job = LiveJob | FinalJob;

export function isFinalJob(job: Job): job is Extract<Job, { status: FinalStatus }> {
  return job.status === 'completed' || job.status === 'failed' || job.status === 'canceled';
}

const HISTORY_LENGTH = 10;

/** The history with one more entry; only the last ten are kept, so that an item stays small. */
export function appendHistory(history: readonly HistoryEntry[], entry: HistoryEntry): readonly HistoryEntry[] {
  return [...history, entry].slice(-HISTORY_LENGTH);
}
