import { type Seen, seenOf } from './change.ts';
import {
  FieldReader,
  isBoolean,
  isHistory,
  isPositive,
  isText,
  isTime,
  isTrue,
  isWhole,
  show,
} from './field-reader.ts';
import { completedUnrun, FOREIGN_FIELDS, type Job, type JobFields } from './job.ts';
import { isLiveLane } from './lanes.ts';
import { MAX_TIMEOUT_MS } from './policy.ts';
import { DEFAULT_RETRY_POLICY, DEFAULT_TIMEOUT_MS, type RetryPolicy } from './retry-policy.ts';
import { isFinal, isStatus } from './status.ts';

/** What stands in the store under an id. */
export type Stored =
  | { readonly kind: 'absent'; readonly id: string }
  | StoredJob
  | {
      readonly kind: 'malformed';
      readonly id: string;
      readonly seen: Seen;
      /** What was expected and what came, for the job's error. */
      readonly problem: string;
      /** The fields that could be read, to keep. */
      readonly readable: Partial<JobFields>;
    };

export interface StoredJob {
  readonly kind: 'job';
  readonly job: Job;
  readonly seen: Seen;
  /**
   * False for a raw put that lacks fields it could not know, or has some that are foreign to its status. The job is read
   * without those, and the first write about it puts the item in order.
   */
  readonly complete: boolean;
}

/** A job that was just written, as the next reader would see it. */
export function storedFrom(job: Job): StoredJob {
  return { kind: 'job', job, seen: seenOf({ ...job }), complete: true };
}

/** What a raw put need not say: it comes from the job's definition, or from the defaults for an unknown type. */
export interface JobDefaults {
  readonly retry: Pick<RetryPolicy, 'maxAttempts' | 'maxCrashes'>;
  readonly timeoutMs: number;
}

export type DefaultsOf = (type: string) => JobDefaults;

export const PLAIN_DEFAULTS: DefaultsOf = () => ({ retry: DEFAULT_RETRY_POLICY, timeoutMs: DEFAULT_TIMEOUT_MS });

/**
 * Reads what a store holds; never throws, whatever that is. Numbers that a double cannot hold must come as something other
 * than a number, so that they are told apart; `input` comes as JSON text or, from a raw put, as a JSON value; `expiresAt`, which
 * a store keeps in seconds, comes in milliseconds like every other time.
 */
export function parseStored(id: string, record: Readonly<Record<string, unknown>>, defaultsOf: DefaultsOf): Stored {
  const seen = seenOf(record);
  const reader = new FieldReader(record);
  const job = readJob(id, reader, defaultsOf);
  const problem = reader.problem ?? findContradiction(job);
  if (problem !== undefined) {
    return { kind: 'malformed', id, seen, problem, readable: reader.readable };
  }
  const own = omitForeign(job);
  // The one place where flat fields become the union: what its members need was checked, what they lack is left out.
  return { kind: 'job', job: own as Job, seen, complete: reader.missing === 0 && own === job };
}

/** The job without what is foreign to its status; the very same where there is nothing to leave out. */
function omitForeign(job: JobFields): JobFields {
  const foreign: readonly (keyof JobFields)[] = FOREIGN_FIELDS[job.status];
  return foreign.some((field) => job[field] !== undefined)
    ? (Object.fromEntries(
        Object.entries(job).filter(([field]) => !foreign.some((name) => name === field)),
      ) as unknown as JobFields)
    : job;
}

function readJob(id: string, read: FieldReader, defaultsOf: DefaultsOf): JobFields {
  const type = read.required('type', isText, 'a non-empty string');
  const status = read.required('status', isStatus, 'a known status');
  const input = read.input();
  const defaults = defaultsOf(type ?? '');
  const nextAt = read.optional('nextAt', isTime, 'epoch milliseconds');
  const dueAt = read.filled('dueAt', isTime, 'epoch milliseconds', nextAt ?? 0);
  return {
    id,
    type: type ?? '',
    status: status ?? 'queued',
    input,
    attempt: read.filled('attempt', isWhole, 'a whole number', 0),
    failures: read.filled('failures', isWhole, 'a whole number', 0),
    crashes: read.filled('crashes', isWhole, 'a whole number', 0),
    maxAttempts: read.filled('maxAttempts', isPositive, 'a whole number from 1', defaults.retry.maxAttempts),
    maxCrashes: read.filled('maxCrashes', isPositive, 'a whole number from 1', defaults.retry.maxCrashes),
    timeoutMs: read.filled('timeoutMs', isTimeout, `milliseconds from 1 to ${MAX_TIMEOUT_MS}`, defaults.timeoutMs),
    createdAt: read.filled('createdAt', isTime, 'epoch milliseconds', Math.min(dueAt, nextAt ?? dueAt)),
    dueAt,
    history: read.filled('history', isHistory, 'a list of history entries', []),
    ...read.present({
      inputHash: read.optional('inputHash', isText, 'a string'),
      group: read.optional('group', isText, 'a string'),
      lane: read.optional('lane', isText, 'a string'),
      nextAt,
      dispatches: read.optional('dispatches', isWhole, 'a whole number'),
      suspect: read.optional('suspect', isTrue, 'true'),
      unknownTypeSince: read.optional('unknownTypeSince', isTime, 'epoch milliseconds'),
      startedAt: read.optional('startedAt', isTime, 'epoch milliseconds'),
      token: read.optional('token', isText, 'a string'),
      leaseUntil: read.optional('leaseUntil', isTime, 'epoch milliseconds'),
      solo: read.optional('solo', isBoolean, 'true or false'),
      cancelRequested: read.optional('cancelRequested', isTrue, 'true'),
      progress: read.json('progress'),
      result: read.json('result'),
      error: read.error(),
      finishedAt: read.optional('finishedAt', isTime, 'epoch milliseconds'),
      expiresAt: read.optional('expiresAt', isWhole, 'epoch seconds'),
    }),
  };
}

/** A lease must end: no function runs longer, and a job that said a year could not be told from a lost one before. */
function isTimeout(value: unknown): value is number {
  return isPositive(value) && value <= MAX_TIMEOUT_MS;
}

/** What a job of its status must have and lacks, or has and must not: a job that may vanish before it ran is no job. */
function findContradiction(job: JobFields): string | undefined {
  if (isFinal(job.status)) {
    if (completedUnrun(job)) {
      return 'a completed job needs the attempt that completed it';
    }
    const needs = { completed: 'result', failed: 'error', canceled: 'finishedAt' } as const;
    const lacking = (['finishedAt', 'expiresAt', needs[job.status]] as const).find((field) => job[field] === undefined);
    return lacking === undefined ? undefined : `a ${job.status} job needs ${lacking}`;
  }
  if (job.nextAt === undefined) {
    return `a ${job.status} job needs nextAt`;
  }
  if (!isLiveLane(job.lane)) {
    return `a ${job.status} job needs a live lane, got ${show(job.lane)}`;
  }
  if (job.expiresAt !== undefined) {
    return `a ${job.status} job must not have expiresAt`;
  }
  if (job.status === 'running') {
    const lacking = (['token', 'leaseUntil', 'solo', 'startedAt'] as const).find((field) => job[field] === undefined);
    return lacking === undefined ? undefined : `a running job needs ${lacking}`;
  }
  return undefined;
}
