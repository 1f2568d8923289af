import { expect, vi } from 'vitest';
import type { EngineClient } from '../../../lib/local/engines/index.ts';

/** A table like the product's own, spoken to in DynamoDB's JSON. */
export const JOBS = 'jobs';
export const BY_LANE = 'lane-nextAt-index';

export interface Entry {
  readonly id: string;
  readonly nextAt: number;
}

/** Resolves when the table can be used: like DynamoDB, the engine answers before that. */
export async function createJobsTable(client: EngineClient): Promise<void> {
  await client('CreateTable', {
    TableName: JOBS,
    BillingMode: 'PAY_PER_REQUEST',
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    AttributeDefinitions: [
      { AttributeName: 'id', AttributeType: 'S' },
      { AttributeName: 'lane', AttributeType: 'S' },
      { AttributeName: 'nextAt', AttributeType: 'N' },
    ],
    GlobalSecondaryIndexes: [
      {
        IndexName: BY_LANE,
        KeySchema: [
          { AttributeName: 'lane', KeyType: 'HASH' },
          { AttributeName: 'nextAt', KeyType: 'RANGE' },
        ],
        Projection: { ProjectionType: 'KEYS_ONLY' },
      },
    ],
  });
  await vi.waitFor(
    async () =>
      expect(await client('DescribeTable', { TableName: JOBS })).toMatchObject({ Table: { TableStatus: 'ACTIVE' } }),
    { timeout: 5_000, interval: 5 },
  );
}

export const putJob = (client: EngineClient, { id, nextAt }: Entry, more: object = {}): Promise<unknown> =>
  client('PutItem', {
    TableName: JOBS,
    Item: { id: { S: id }, lane: { S: 'live' }, nextAt: { N: String(nextAt) }, ...more },
  });

export async function queryLane(client: EngineClient, page: object = {}): Promise<readonly Entry[]> {
  const { Items: items } = (await client('Query', {
    TableName: JOBS,
    IndexName: BY_LANE,
    KeyConditionExpression: 'lane = :lane',
    ExpressionAttributeValues: { ':lane': { S: 'live' } },
    ...page,
  })) as {
    readonly Items: readonly { readonly id: { readonly S: string }; readonly nextAt: { readonly N: string } }[];
  };
  return items.map(({ id, nextAt }) => ({ id: id.S, nextAt: Number(nextAt.N) }));
}
