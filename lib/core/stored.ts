import type { Seen } from './change.ts';
import type { HistoryEntry, Job, JobError, JobFields } from './job.ts';
import { isLiveLane } from './lanes.ts';
import { DEFAULT_RETRY_POLICY, DEFAULT_TIMEOUT_MS, type RetryPolicy } from './retry-policy.ts';
import { isFinal, isStatus, type Status } from './status.ts';

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
  /** False for a raw put that lacks fields it could not know; the first write about it fills them in. */
  readonly complete: boolean;
}

/** A job that was just written, as the next reader would see it. */
export function storedFrom(job: Job): StoredJob {
  const fields: JobFields = job;
  return {
    kind: 'job',
    job,
    seen: {
      status: fields.status,
      attempt: fields.attempt,
      nextAt: fields.nextAt,
      cancelRequested: fields.cancelRequested,
    },
    complete: true,
  };
}

/** What a raw put need not say: it comes from the job's definition, or from the defaults for an unknown type. */
export interface JobDefaults {
  readonly retry: Pick<RetryPolicy, 'maxAttempts' | 'maxCrashes'>;
  readonly timeoutMs: number;
}

export type DefaultsOf = (type: string) => JobDefaults;

export const PLAIN_DEFAULTS: DefaultsOf = () => ({ retry: DEFAULT_RETRY_POLICY, timeoutMs: DEFAULT_TIMEOUT_MS });

/**
 * Reads what a store holds. Numbers that a double cannot hold must come as something other than a number, so that they are
 * told apart; `input` comes as JSON text or, from a raw put, as a JSON value.
 */
export function parseStored(id: string, record: Readonly<Record<string, unknown>>, defaultsOf: DefaultsOf): Stored {
  const seen: Seen = {
    status: record['status'],
    attempt: record['attempt'],
    nextAt: record['nextAt'],
    cancelRequested: record['cancelRequested'],
  };
  const reader = new FieldReader(record);
  const job = readJob(id, reader, defaultsOf);
  const problem = reader.problem ?? (job === undefined ? 'status is missing' : findContradiction(job));
  if (job === undefined || problem !== undefined) {
    return { kind: 'malformed', id, seen, problem: problem ?? 'unreadable', readable: reader.readable };
  }
  // The one place where flat fields become the union: the contradictions above are what tells its members apart.
  return { kind: 'job', job: job as Job, seen, complete: reader.missing === 0 };
}

function readJob(id: string, read: FieldReader, defaultsOf: DefaultsOf): JobFields | undefined {
  const type = read.required('type', isText, 'a non-empty string');
  const status = read.required('status', isStatus, 'a known status');
  const input = read.input();
  const defaults = defaultsOf(type ?? '');
  const nextAt = read.optional('nextAt', isWhole, 'epoch milliseconds');
  const dueAt = read.filled('dueAt', isWhole, 'epoch milliseconds', nextAt ?? 0);
  const fields = {
    id,
    type: type ?? '',
    status: status ?? 'queued',
    input: input ?? 'null',
    attempt: read.filled('attempt', isWhole, 'a whole number', 0),
    failures: read.filled('failures', isWhole, 'a whole number', 0),
    crashes: read.filled('crashes', isWhole, 'a whole number', 0),
    maxAttempts: read.filled('maxAttempts', isPositive, 'a whole number from 1', defaults.retry.maxAttempts),
    maxCrashes: read.filled('maxCrashes', isPositive, 'a whole number from 1', defaults.retry.maxCrashes),
    timeoutMs: read.filled('timeoutMs', isPositive, 'milliseconds from 1', defaults.timeoutMs),
    createdAt: read.filled('createdAt', isWhole, 'epoch milliseconds', dueAt),
    dueAt,
    history: read.filled('history', isHistory, 'a list of history entries', []),
    ...read.present({
      inputHash: read.optional('inputHash', isText, 'a string'),
      group: read.optional('group', isText, 'a string'),
      lane: read.optional('lane', isText, 'a string'),
      nextAt,
      dispatches: read.optional('dispatches', isWhole, 'a whole number'),
      suspect: read.optional('suspect', isTrue, 'true'),
      unknownTypeSince: read.optional('unknownTypeSince', isWhole, 'epoch milliseconds'),
      startedAt: read.optional('startedAt', isWhole, 'epoch milliseconds'),
      token: read.optional('token', isText, 'a string'),
      leaseUntil: read.optional('leaseUntil', isWhole, 'epoch milliseconds'),
      solo: read.optional('solo', isBoolean, 'true or false'),
      cancelRequested: read.optional('cancelRequested', isTrue, 'true'),
      progress: read.optional('progress', isText, 'JSON text'),
      result: read.optional('result', isText, 'JSON text'),
      error: read.optional('error', isJobError, 'an error'),
      finishedAt: read.optional('finishedAt', isWhole, 'epoch milliseconds'),
      expiresAt: read.optional('expiresAt', isWhole, 'epoch seconds'),
    }),
  };
  return status === undefined ? undefined : fields;
}

/** What a job of its status must have and lacks, or has and must not. */
function findContradiction(job: JobFields): string | undefined {
  if (isFinal(job.status)) {
    const needs = { completed: 'result', failed: 'error', canceled: 'finishedAt' } as const;
    const lacking = (['finishedAt', 'expiresAt', needs[job.status]] as const).find((field) => job[field] === undefined);
    return lacking === undefined ? undefined : `a ${job.status} job needs ${lacking}`;
  }
  if (job.nextAt === undefined) {
    return `a ${job.status} job needs nextAt`;
  }
  if (job.lane === undefined || !isLiveLane(job.lane)) {
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

/** Reads field by field, keeps the first problem and counts what had to be filled in. */
class FieldReader {
  problem: string | undefined;
  missing = 0;
  readonly readable: Partial<JobFields> = {};
  private readonly record: Readonly<Record<string, unknown>>;

  constructor(record: Readonly<Record<string, unknown>>) {
    this.record = record;
  }

  optional<Value>(field: keyof JobFields, is: (value: unknown) => value is Value, expected: string): Value | undefined {
    const value = this.record[field];
    if (value === undefined) {
      return undefined;
    }
    if (is(value)) {
      Object.assign(this.readable, { [field]: value });
      return value;
    }
    this.problem ??= `${field} must be ${expected}, got ${show(value)}`;
    return undefined;
  }

  required<Value>(field: keyof JobFields, is: (value: unknown) => value is Value, expected: string): Value | undefined {
    if (this.record[field] === undefined) {
      this.problem ??= `${field} is missing: expected ${expected}`;
    }
    return this.optional(field, is, expected);
  }

  filled<Value>(
    field: keyof JobFields,
    is: (value: unknown) => value is Value,
    expected: string,
    fallback: NoInfer<Value>,
  ): Value {
    if (this.record[field] === undefined) {
      this.missing += 1;
    }
    return this.optional(field, is, expected) ?? fallback;
  }

  present<Fields extends object>(fields: Fields): { [Field in keyof Fields]?: Exclude<Fields[Field], undefined> } {
    return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
      [Field in keyof Fields]?: Exclude<Fields[Field], undefined>;
    };
  }

  /** The input as JSON text. Text that the system itself wrote was valid when it was written, so only raw puts are parsed. */
  input(): string | undefined {
    const value = this.record['input'];
    const expected = 'expected JSON text or a map';
    if (this.record['status'] === 'failed') {
      // Whatever stands there was kept for a person to look at; it is not run again as it is.
      return typeof value === 'string' ? value : JSON.stringify(value ?? null);
    }
    if (typeof value === 'string') {
      const isOwn = this.record['createdAt'] !== undefined;
      if (!isOwn && !isJson(value)) {
        this.problem ??= `input is not JSON: ${expected}, got ${show(value)}`;
        return undefined;
      }
      return value;
    }
    if (typeof value !== 'object' || value === null) {
      this.problem ??= `input is ${value === undefined ? 'missing' : 'neither'}: ${expected}, got ${show(value)}`;
      return undefined;
    }
    const odd = findNonJson(value);
    if (odd !== undefined) {
      this.problem ??= `input holds ${odd}, which JSON cannot`;
      return undefined;
    }
    return JSON.stringify(value);
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** The first thing inside a value that JSON has no word for: sets, binaries, numbers beyond doubles. */
function findNonJson(value: unknown): string | undefined {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') {
    return undefined;
  }
  if (typeof value === 'number') {
    return Number.isFinite(value) ? undefined : `the number ${value}`;
  }
  if (Array.isArray(value)) {
    return firstOf(value);
  }
  if (typeof value === 'object' && Object.getPrototypeOf(value) === Object.prototype) {
    return firstOf(Object.values(value));
  }
  return `a value of kind ${value?.constructor.name ?? typeof value}`;
}

function firstOf(values: readonly unknown[]): string | undefined {
  for (const value of values) {
    const odd = findNonJson(value);
    if (odd !== undefined) {
      return odd;
    }
  }
  return undefined;
}

/** A value in an error message: short, and never all of somebody's data. */
function show(value: unknown): string {
  const text =
    typeof value === 'object' && value !== null ? (value.constructor?.name ?? 'object') : String(JSON.stringify(value));
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';
const isWhole = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
const isPositive = (value: unknown): value is number => isWhole(value) && value >= 1;
const isBoolean = (value: unknown): value is boolean => typeof value === 'boolean';
const isTrue = (value: unknown): value is true => value === true;

function isHistory(value: unknown): value is readonly HistoryEntry[] {
  return (
    Array.isArray(value) &&
    value.every((entry) => hasFields(entry, ['status', 'at', 'attempt']) && isStatus(entry['status'] as Status))
  );
}

function isJobError(value: unknown): value is JobError {
  return hasFields(value, ['name', 'message', 'attempt', 'at']);
}

function hasFields(value: unknown, fields: readonly string[]): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && fields.every((field) => field in value);
}
