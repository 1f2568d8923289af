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
  /** Whose word it was, where a person's was: unguessable, so that nobody takes another's line for an own one. */
  readonly token?: string;
}

/**
 * Every field that a job can have in the store. All times are epoch milliseconds; `expiresAt` is a whole second, since a
 * store that deletes by it keeps seconds.
 */
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

/** The names of all fields. */
export const JOB_FIELDS = Object.keys({
  id: true,
  type: true,
  status: true,
  input: true,
  inputHash: true,
  group: true,
  attempt: true,
  failures: true,
  crashes: true,
  maxAttempts: true,
  maxCrashes: true,
  timeoutMs: true,
  createdAt: true,
  dueAt: true,
  lane: true,
  nextAt: true,
  history: true,
  dispatches: true,
  suspect: true,
  unknownTypeSince: true,
  startedAt: true,
  token: true,
  leaseUntil: true,
  solo: true,
  cancelRequested: true,
  progress: true,
  result: true,
  error: true,
  finishedAt: true,
  expiresAt: true,
} satisfies Record<keyof JobFields, true>) as readonly (keyof JobFields)[];

/**
 * Fields that mean nothing in a status. The types below lack them, reading leaves them out, and a change that enters the
 * status removes them. The token of a run is in none of these lists: it stays until the next claim, unless somebody else
 * ended the run, and so tells a worker whether its own write landed.
 */
export const FOREIGN_FIELDS = {
  queued: ['dispatches', 'leaseUntil', 'solo', 'result', 'finishedAt', 'expiresAt'],
  dispatched: ['leaseUntil', 'solo', 'result', 'finishedAt', 'expiresAt'],
  running: ['dispatches', 'result', 'finishedAt', 'expiresAt'],
  completed: ['dispatches', 'leaseUntil', 'solo', 'cancelRequested', 'unknownTypeSince', 'error'],
  failed: ['dispatches', 'leaseUntil', 'solo', 'cancelRequested', 'unknownTypeSince', 'result'],
  canceled: ['dispatches', 'leaseUntil', 'solo', 'cancelRequested', 'unknownTypeSince', 'result'],
} as const satisfies Record<Status, readonly (keyof JobFields)[]>;

/** The fields that a job of one status can have, those of `Needed` for certain. */
type JobIn<Own extends Status, Needed extends keyof JobFields> = Omit<
  JobFields,
  'status' | Needed | (typeof FOREIGN_FIELDS)[Own][number]
> & { readonly status: Own } & { readonly [Field in Needed]-?: Exclude<JobFields[Field], undefined> };

export type QueuedJob = JobIn<'queued', 'lane' | 'nextAt'>;
export type DispatchedJob = JobIn<'dispatched', 'lane' | 'nextAt'>;
export type RunningJob = JobIn<'running', 'lane' | 'nextAt' | 'token' | 'leaseUntil' | 'solo' | 'startedAt'>;
export type CompletedJob = JobIn<'completed', 'finishedAt' | 'expiresAt' | 'result'>;
export type FailedJob = JobIn<'failed', 'finishedAt' | 'expiresAt' | 'error'>;
export type CanceledJob = JobIn<'canceled', 'finishedAt' | 'expiresAt'>;

export type LiveJob = QueuedJob | DispatchedJob | RunningJob;
export type FinalJob = CompletedJob | FailedJob | CanceledJob;
/** A job, discriminated by `status`: a field exists only where it is true. */
export type Job = LiveJob | FinalJob;

export function isFinalJob(job: Job): job is Extract<Job, { status: FinalStatus }> {
  return job.status === 'completed' || job.status === 'failed' || job.status === 'canceled';
}

/** Nothing completes that never ran: what an item says of itself that says so is not believed. */
export function completedUnrun({ status, attempt = 0 }: Partial<JobFields>): boolean {
  return status === 'completed' && attempt === 0;
}

const HISTORY_LENGTH = 10;

/** The history with one more entry; only the last ten are kept, so that an item stays small. */
export function appendHistory(history: readonly HistoryEntry[], entry: HistoryEntry): readonly HistoryEntry[] {
  return [...history, entry].slice(-HISTORY_LENGTH);
}
