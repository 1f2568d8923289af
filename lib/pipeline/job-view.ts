import type { Job, JobFields, Status } from '../core/index.ts';

/** A job as callers see it. Times are ISO 8601 in UTC. */
export interface JobView {
  readonly id: string;
  readonly type: string;
  readonly status: Status;
  readonly attempt: number;
  readonly failures: number;
  readonly crashes: number;
  readonly maxAttempts: number;
  readonly progress?: unknown;
  readonly group?: string;
  readonly createdAt: string;
  readonly runAt: string;
  readonly startedAt?: string;
  readonly finishedAt?: string;
  readonly nextAttemptAt?: string;
  readonly cancelRequested?: true;
  readonly result?: unknown;
  readonly error?: { readonly name: string; readonly message: string; readonly attempt: number; readonly at: string };
  readonly history: readonly {
    readonly status: Status;
    readonly at: string;
    readonly attempt: number;
    readonly detail?: string;
  }[];
}

export function toJobView(job: Job): JobView {
  const fields: JobFields = job;
  const isWaitingAgain = (job.status === 'queued' || job.status === 'dispatched') && job.attempt > 0;
  return {
    id: job.id,
    type: job.type,
    status: job.status,
    attempt: job.attempt,
    failures: job.failures,
    crashes: job.crashes,
    maxAttempts: job.maxAttempts,
    ...(fields.progress === undefined ? {} : { progress: JSON.parse(fields.progress) as unknown }),
    ...(fields.group === undefined ? {} : { group: fields.group }),
    createdAt: toIso(job.createdAt),
    runAt: toIso(job.dueAt),
    ...(fields.startedAt === undefined ? {} : { startedAt: toIso(fields.startedAt) }),
    ...(fields.finishedAt === undefined ? {} : { finishedAt: toIso(fields.finishedAt) }),
    ...(isWaitingAgain ? { nextAttemptAt: toIso(job.dueAt) } : {}),
    ...(fields.cancelRequested === undefined ? {} : { cancelRequested: true }),
    ...(fields.result === undefined ? {} : { result: JSON.parse(fields.result) as unknown }),
    ...(fields.error === undefined ? {} : { error: { ...fields.error, at: toIso(fields.error.at) } }),
    history: job.history.map((entry) => ({ ...entry, at: toIso(entry.at) })),
  };
}

/** The latest time that a date can hold is far beyond any job's, but a raw put may say anything. */
function toIso(at: number): string {
  return new Date(Math.min(at, 8.64e15)).toISOString();
}
