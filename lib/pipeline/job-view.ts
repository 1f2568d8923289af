import type { HistoryEntry, Job, JobError, JobFields, Status } from '../core/index.ts';

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
    ...(fields.progress === undefined ? {} : { progress: parseText(fields.progress) }),
    ...(fields.group === undefined ? {} : { group: fields.group }),
    createdAt: toIso(job.createdAt),
    runAt: toIso(job.dueAt),
    ...(fields.startedAt === undefined ? {} : { startedAt: toIso(fields.startedAt) }),
    ...(fields.finishedAt === undefined ? {} : { finishedAt: toIso(fields.finishedAt) }),
    ...(isWaitingAgain ? { nextAttemptAt: toIso(job.dueAt) } : {}),
    ...(fields.cancelRequested === undefined ? {} : { cancelRequested: true }),
    ...(fields.result === undefined ? {} : { result: parseText(fields.result) }),
    ...(fields.error === undefined ? {} : { error: toErrorView(fields.error) }),
    history: job.history.map(toHistoryView),
  };
}

/** What the system wrote is JSON; in an item that somebody else wrote it may be anything, and is shown as it stands. */
function parseText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** Field by field: an item that somebody else wrote may hold more, a stack trace for one. */
function toErrorView({ name, message, attempt, at }: JobError): NonNullable<JobView['error']> {
  return { name, message, attempt, at: toIso(at) };
}

function toHistoryView({ status, at, attempt, detail }: HistoryEntry): JobView['history'][number] {
  return { status, at: toIso(at), attempt, ...(detail === undefined ? {} : { detail }) };
}

function toIso(at: number): string {
  return new Date(at).toISOString();
}
