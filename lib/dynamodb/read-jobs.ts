import { BatchGetCommand, type BatchGetCommandInput, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { AccessError, type Clock, chunksOf, isStorableId, mapBounded, type Random } from '../core/index.ts';
import type { Attributes } from './item.ts';
import { keepingKeys } from './prototype-keys.ts';

/** Most keys that one `BatchGetItem` takes. */
const MAX_KEYS = 100;
const MAX_REQUESTS = 4;
/** How often keys that DynamoDB did not get to are asked for, with a doubled pause from this on. */
const MAX_ROUNDS = 6;
const FIRST_PAUSE_MS = 50;

export interface ReadJobsOptions {
  readonly client: DynamoDBDocumentClient;
  readonly tableName: string;
  readonly clock: Clock;
  readonly random: Random;
}

/**
 * Strongly consistent items by id. Ids may repeat and may be such as no store can have: a hundred jobs must not become
 * unreadable because a message names one more of those.
 */
export async function readItems(
  ids: readonly string[],
  options: ReadJobsOptions,
): Promise<ReadonlyMap<string, Attributes>> {
  const chunks = chunksOf([...new Set(ids.filter(isStorableId))], MAX_KEYS);
  const found = await mapBounded(chunks, MAX_REQUESTS, (chunk) => readChunk(chunk, options));
  return new Map(found.flat().map((item) => [String(item['id']), item]));
}

export function buildRead(tableName: string, ids: readonly string[]): BatchGetCommandInput {
  return { RequestItems: { [tableName]: { Keys: ids.map((id) => ({ id })), ConsistentRead: true } } };
}

async function readChunk(
  chunk: readonly string[],
  { client, tableName, clock, random }: ReadJobsOptions,
): Promise<readonly Attributes[]> {
  const items: Attributes[] = [];
  let wanted = chunk;
  for (let round = 1; ; round += 1) {
    const output = await client.send(keepingKeys(new BatchGetCommand(buildRead(tableName, wanted))));
    items.push(...(output.Responses?.[tableName] ?? []));
    wanted = (output.UnprocessedKeys?.[tableName]?.Keys ?? []).map((key) => String(key['id']));
    if (wanted.length === 0) {
      return items;
    }
    if (round === MAX_ROUNDS) {
      throw new AccessError('unavailable', 'The job store is too busy to read all jobs. Try again later.');
    }
    await clock.sleep(FIRST_PAUSE_MS * 2 ** (round - 1) * (0.5 + random.next() / 2));
  }
}
