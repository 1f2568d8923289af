import { type NativeAttributeValue, NumberValue } from '@aws-sdk/lib-dynamodb';
import type { JobFields } from '../core/index.ts';
import { toExactNumber, toPlainValue } from './exact-numbers.ts';
import { decodeHistory, encodeHistory } from './history-entries.ts';
import { packText, unpackText } from './packed-text.ts';

/**
 * How a job lies in the table. Attributes are named as the job's fields and hold their values, all times in epoch
 * milliseconds, with these exceptions:
 *
 * - `expiresAt` is in epoch seconds, rounded up, because DynamoDB's time to live wants it so;
 * - `input`, `result` and `progress` are JSON text, packed into a binary where that is clearly smaller;
 * - `history` is a list of short texts, its times in base 36;
 * - what is absent is no attribute at all.
 */
export type Attributes = Readonly<Record<string, NativeAttributeValue>>;

export function encodeFields(fields: Partial<JobFields>): Attributes {
  const attributes: Record<string, NativeAttributeValue> = {};
  for (const [field, value] of Object.entries(fields)) {
    if (value !== undefined) {
      attributes[field] = encodeField(field, value);
    }
  }
  return attributes;
}

function encodeField(field: string, value: NonNullable<JobFields[keyof JobFields]>): NativeAttributeValue {
  switch (field) {
    case 'input':
    case 'result':
    case 'progress':
      return packText(value as JobFields['input']);
    case 'history':
      return encodeHistory(value as JobFields['history']);
    case 'expiresAt':
      return Math.ceil((value as number) / 1_000);
    default:
      return value;
  }
}

/** The record of an item, as core parses it. Never fails: what is odd stays odd, for core to tell. */
export function decodeItem(item: Attributes): Readonly<Record<string, unknown>> {
  const record: Record<string, unknown> = Object.create(null);
  for (const [name, value] of Object.entries(item)) {
    record[name] = decodeAttribute(name, value);
  }
  return 'history' in record ? { ...record, history: decodeHistory(record['history'], record['attempt']) } : record;
}

function decodeAttribute(name: string, value: unknown): unknown {
  switch (name) {
    case 'input':
    case 'result':
    case 'progress':
      return unpackText(toPlainValue(value));
    case 'history':
    case 'error':
      return toPlainValue(value);
    case 'expiresAt': {
      const seconds = value instanceof NumberValue ? toExactNumber(value) : value;
      return typeof seconds === 'number' ? seconds * 1_000 : seconds;
    }
    default:
      // Anything but a plain number stays as it came, so that a condition on it compares exactly what is stored.
      return value instanceof NumberValue ? toExactNumber(value) : value;
  }
}
