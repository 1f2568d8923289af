import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DynamoDbEngine, startDynamoDbEngine } from '../../../lib/local/engines/index.ts';
import { ChildSpawner } from '../../../lib/local/processes/index.ts';
import { provisionTables } from '../../../lib/local/stack/provision-tables.ts';
import type { IndexPlan, TablePlan } from '../../../lib/local/template/plan.ts';

let spawner: ChildSpawner;
let engine: DynamoDbEngine;

beforeAll(async () => {
  spawner = new ChildSpawner();
  engine = await startDynamoDbEngine({ spawner, port: 0, onNotice: () => {} });
});

afterAll(() => spawner.close());

const BY_LANE: IndexPlan = {
  name: 'by-lane',
  partitionKey: { name: 'lane', type: 'S' },
  sortKey: { name: 'nextAt', type: 'N' },
  projection: 'KEYS_ONLY',
  nonKeyAttributes: [],
};

const BY_TYPE: IndexPlan = {
  name: 'by-type',
  partitionKey: { name: 'type', type: 'S' },
  projection: 'INCLUDE',
  nonKeyAttributes: ['status'],
};

const table = (name: string, change: Partial<TablePlan> = {}): TablePlan => ({
  logicalId: 'Table',
  name,
  arn: `arn:aws:dynamodb:us-east-1:000000000000:table/${name}`,
  partitionKey: { name: 'id', type: 'S' },
  globalSecondaryIndexes: [BY_LANE, BY_TYPE],
  ...change,
});

describe('provisioning tables', () => {
  it('creates a table with its keys and indexes', async () => {
    await provisionTables(engine.client, [table('created', { sortKey: { name: 'at', type: 'N' } })]);

    expect(await engine.client('DescribeTable', { TableName: 'created' })).toMatchObject({
      Table: {
        TableStatus: 'ACTIVE',
        KeySchema: [
          { AttributeName: 'id', KeyType: 'HASH' },
          { AttributeName: 'at', KeyType: 'RANGE' },
        ],
        GlobalSecondaryIndexes: expect.arrayContaining([
          expect.objectContaining({ IndexName: 'by-lane', Projection: { ProjectionType: 'KEYS_ONLY' } }),
          expect.objectContaining({
            IndexName: 'by-type',
            Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: ['status'] },
          }),
        ]),
      },
    });
  });

  it('leaves a table of the same shape as it is, in whatever order its parts are named', async () => {
    await provisionTables(engine.client, [table('kept')]);

    await provisionTables(engine.client, [table('kept', { globalSecondaryIndexes: [BY_TYPE, BY_LANE] })]);
  });

  it.each([
    ['another key', { partitionKey: { name: 'jobId', type: 'S' } }],
    ['a key of another type', { partitionKey: { name: 'id', type: 'N' } }],
    ['one index less', { globalSecondaryIndexes: [BY_LANE] }],
    [
      'an index on another key',
      { globalSecondaryIndexes: [{ ...BY_LANE, sortKey: { name: 'dueAt', type: 'N' } }, BY_TYPE] },
    ],
    ['an index with other attributes', { globalSecondaryIndexes: [{ ...BY_LANE, projection: 'ALL' }, BY_TYPE] }],
  ] as const)('fails on a table with %s, and says what to do', async (difference, change) => {
    const name = `differs-${difference.replaceAll(' ', '-')}`;
    await provisionTables(engine.client, [table(name)]);

    await expect(provisionTables(engine.client, [table(name, change)])).rejects.toMatchObject({
      code: 'table-differs',
      message: expect.stringMatching(/It has: .*Template: .*--data DIR/s),
    });
  });
});
