import type { HistoryEntry, JobError, JobFields } from './job.ts';
import { LAST_TIME_MS } from './policy.ts';
import { isFinal, isStatus } from './status.ts';

/** Reads field by field, keeps the first problem and counts what had to be filled in. Never throws, whatever stands there. */
export class FieldReader {
  problem: string | undefined;
  missing = 0;
  private readonly record: Readonly<Record<string, unknown>>;
  private readonly read: Record<string, unknown> = {};

  constructor(record: Readonly<Record<string, unknown>>) {
    this.record = record;
  }

  /** The fields that could be read, beside whatever could not. */
  get readable(): Partial<JobFields> {
    return this.read;
  }

  optional<Value>(field: keyof JobFields, is: (value: unknown) => value is Value, expected: string): Value | undefined {
    const value = this.record[field];
    if (value === undefined) {
      return undefined;
    }
    if (is(value)) {
      this.read[field] = value;
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
    const present: { [Field in keyof Fields]?: Exclude<Fields[Field], undefined> } = {};
    for (const field in fields) {
      const value = fields[field];
      if (value !== undefined) {
        present[field] = value as Exclude<Fields[typeof field], undefined>;
      }
    }
    return present;
  }

  /** Without what its author may have added: it is written again, and shown to callers. */
  error(): JobError | undefined {
    const stored = this.optional('error', isJobError, 'an error');
    if (stored === undefined) {
      return undefined;
    }
    const { name, message, attempt, at } = stored;
    const error: JobError = { name, message, attempt, at };
    this.read['error'] = error;
    return error;
  }

  /** JSON text. What the system itself wrote was valid when it was written, so only the text of raw puts is parsed. */
  json(field: 'progress' | 'result'): string | undefined {
    return this.optional(field, this.isOwn() ? isText : isJsonText, 'JSON text');
  }

  /**
   * The input as JSON text. A final job is not run again as it is, so there anything may stand, for a person to look at.
   */
  input(): string {
    const value = this.record['input'];
    const status = this.record['status'];
    const text = typeof value === 'string' ? value : toText(value);
    this.problem ??= isStatus(status) && isFinal(status) ? undefined : this.findInputProblem(value);
    this.read['input'] = text;
    return text;
  }

  private findInputProblem(value: unknown): string | undefined {
    const expected = 'expected JSON text or a map';
    if (typeof value === 'string') {
      return this.isOwn() || isJsonText(value) ? undefined : `input is not JSON: ${expected}, got ${show(value)}`;
    }
    if (typeof value !== 'object' || value === null) {
      return value === undefined
        ? `input is missing: ${expected}`
        : `input is neither: ${expected}, got ${show(value)}`;
    }
    const odd = findNonJson(value);
    return odd === undefined ? undefined : `input holds ${odd}, which JSON cannot`;
  }

  private isOwn(): boolean {
    return this.record['createdAt'] !== undefined;
  }
}

/** Some text of any value; of plain data its JSON. */
function toText(value: unknown): string {
  try {
    return JSON.stringify(value ?? null, (_key, part) => (typeof part === 'bigint' ? String(part) : part)) ?? 'null';
  } catch {
    return 'null';
  }
}

/** Deeper than any store nests; more is told apart instead of exhausting the stack. */
const MAX_DEPTH = 64;

/** The first thing inside a value that JSON has no word for: sets, binaries, numbers beyond doubles. */
function findNonJson(value: unknown, depth = 0): string | undefined {
  if (depth > MAX_DEPTH) {
    return `more than ${MAX_DEPTH} levels`;
  }
  if (value === null || typeof value === 'string' || typeof value === 'boolean') {
    return undefined;
  }
  if (typeof value === 'number') {
    return Number.isFinite(value) ? undefined : `the number ${value}`;
  }
  if (Array.isArray(value) || isPlainObject(value)) {
    for (const part of Object.values(value)) {
      const odd = findNonJson(part, depth + 1);
      if (odd !== undefined) {
        return odd;
      }
    }
    return undefined;
  }
  return `a value of kind ${kindOf(value)}`;
}

function isPlainObject(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) {
    return false;
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** A value in an error message: short, and never all of somebody's data. */
export function show(value: unknown): string {
  const text = typeof value === 'string' ? JSON.stringify(value) : isScalar(value) ? String(value) : kindOf(value);
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}

function isScalar(value: unknown): boolean {
  return value === null || ['undefined', 'number', 'boolean', 'bigint'].includes(typeof value);
}

function kindOf(value: unknown): string {
  const name: unknown = typeof value === 'object' && value !== null ? value.constructor?.name : undefined;
  return typeof name === 'string' && name !== '' ? name : typeof value;
}

export const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';
export const isWhole = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
export const isTime = (value: unknown): value is number => isWhole(value) && value <= LAST_TIME_MS;
export const isPositive = (value: unknown): value is number => isWhole(value) && value >= 1;
export const isBoolean = (value: unknown): value is boolean => typeof value === 'boolean';
export const isTrue = (value: unknown): value is true => value === true;

function isJsonText(value: unknown): value is string {
  try {
    return typeof value === 'string' && JSON.parse(value) !== undefined;
  } catch {
    return false;
  }
}

export function isHistory(value: unknown): value is readonly HistoryEntry[] {
  return Array.isArray(value) && value.every(isHistoryEntry);
}

function isHistoryEntry(value: unknown): boolean {
  const { status, at, attempt, detail, token } = fieldsOf(value);
  const texts = [detail, token];
  return (
    isStatus(status) &&
    isTime(at) &&
    isWhole(attempt) &&
    texts.every((text) => text === undefined || typeof text === 'string')
  );
}

function isJobError(value: unknown): value is JobError {
  const { name, message, attempt, at } = fieldsOf(value);
  return typeof name === 'string' && typeof message === 'string' && isWhole(attempt) && isTime(at);
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
