import type { JobFields } from '../core/index.ts';

/** A job's fields as a store has them: of any shape, since anybody may have put them there. */
export type JobRecord = Readonly<Record<string, unknown>>;

/** The record of some fields. An expiry is kept in whole seconds, rounded up, as a store that deletes by it wants it. */
export function toRecord(fields: Partial<JobFields>): JobRecord {
  const present = Object.entries(fields).filter(([, value]) => value !== undefined);
  return {
    ...Object.fromEntries(present),
    ...(fields.expiresAt === undefined ? {} : { expiresAt: Math.ceil(fields.expiresAt / 1_000) * 1_000 }),
  };
}

/** Whether it fits whatever its characters are, so that most records need not be weighed: none has more than three bytes. */
export function isSurelySmall(record: JobRecord, maxBytes: number): boolean {
  let characters = 0;
  for (const [field, value] of Object.entries(record)) {
    characters += field.length + toText(value).length;
  }
  return characters * 3 <= maxBytes;
}

const encoder = new TextEncoder();

/** About what a record would weigh in a store: its names and the JSON of its values. */
export function byteLengthOf(record: JobRecord): number {
  return Object.entries(record).reduce((bytes, [field, value]) => {
    return bytes + encoder.encode(field).length + encoder.encode(toText(value)).length;
  }, 0);
}

function toText(value: unknown): string {
  if (typeof value === 'string') {
    return value;
  }
  return typeof value === 'number' ? String(value) : (JSON.stringify(value, withoutBigInts) ?? '');
}

function withoutBigInts(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value;
}
