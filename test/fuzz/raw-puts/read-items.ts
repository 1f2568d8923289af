import { BatchGetCommand, NumberValue } from '@aws-sdk/lib-dynamodb';
import { chunksOf } from '../../../lib/core/index.ts';
import { decodeItem } from '../../../lib/dynamodb/item.ts';
import { keepingKeys } from '../../../lib/dynamodb/prototype-keys.ts';
import type { JobRecord } from '../../../lib/memory/index.ts';
import { createAnsweringClient } from '../../dynamodb/answering-client.ts';
import type { Item } from './hostile-items.ts';

const CHUNK = 100;
const TABLE = 'jobs';

/**
 * Items as the product reads them: from the bytes that DynamoDB sends, through the SDK's client with the product's settings and
 * the product's own decoding, into records of the store in memory.
 */
export async function readItems(items: readonly Item[]): Promise<readonly JobRecord[]> {
  const records: JobRecord[] = [];
  for (const chunk of chunksOf(items, CHUNK)) {
    const client = createAnsweringClient({ Responses: { [TABLE]: chunk }, UnprocessedKeys: {} });
    const keys = chunk.map((_, index) => ({ id: String(index) }));
    const { Responses } = await client.send(
      keepingKeys(new BatchGetCommand({ RequestItems: { [TABLE]: { Keys: keys } } })),
    );
    records.push(...(Responses?.[TABLE] ?? []).map((item) => toRecord(decodeItem(item))));
  }
  return records;
}

/**
 * The store in memory copies what it is given, and a number that no double can hold would become an object by that. So it comes
 * as a large integer, which is no number either; but for the sort key, which the index in memory wants to compare.
 */
function toRecord(decoded: JobRecord): JobRecord {
  const entries = Object.entries(decoded).map(([name, value]) => [
    name,
    name === 'nextAt' && value instanceof NumberValue ? Number(value.toString()) : withoutNumberValues(value),
  ]);
  return Object.fromEntries(entries);
}

const INEXACT = 2n ** 64n;

function withoutNumberValues(value: unknown): unknown {
  if (value instanceof NumberValue) {
    return INEXACT;
  }
  if (Array.isArray(value)) {
    return value.map(withoutNumberValues);
  }
  if (value instanceof Set) {
    return new Set([...value].map(withoutNumberValues));
  }
  if (typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype) {
    return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, withoutNumberValues(part)]));
  }
  return value;
}
