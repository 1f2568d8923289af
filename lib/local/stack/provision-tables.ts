import { setTimeout as delay } from 'node:timers/promises';
import { type EngineClient, EngineRequestError } from '../engines/index.ts';
import type { KeyPlan, TablePlan } from '../template/plan.ts';
import { StackError } from './errors.ts';

interface KeyElement {
  readonly AttributeName: string;
  readonly KeyType: string;
}

/** The engine creates a table within a tick or two. */
const POLL_MS = 5;

/** What of a table cannot change once it exists, in the words of `CreateTable` and `DescribeTable`. */
interface TableShape {
  readonly KeySchema: readonly KeyElement[];
  readonly AttributeDefinitions: readonly { readonly AttributeName: string; readonly AttributeType: string }[];
  readonly GlobalSecondaryIndexes?: readonly {
    readonly IndexName: string;
    readonly KeySchema: readonly KeyElement[];
    readonly Projection: { readonly ProjectionType: string; readonly NonKeyAttributes?: readonly string[] };
  }[];
}

/** Creates the tables that do not exist, and resolves when all can be used; rejects with {@link StackError} if one exists in another shape. */
export async function provisionTables(client: EngineClient, tables: readonly TablePlan[]): Promise<void> {
  for (const table of tables) {
    const wanted = toShape(table);
    const existing = await describe(client, table.name);
    if (existing === undefined) {
      await client('CreateTable', { TableName: table.name, BillingMode: 'PAY_PER_REQUEST', ...wanted });
      while ((await describe(client, table.name))?.TableStatus !== 'ACTIVE') {
        await delay(POLL_MS);
      }
    } else {
      refuseDifference(table.name, existing, wanted);
    }
  }
}

function toShape({ partitionKey, sortKey, globalSecondaryIndexes }: TablePlan): TableShape {
  const keys = [
    partitionKey,
    sortKey,
    ...globalSecondaryIndexes.flatMap((index) => [index.partitionKey, index.sortKey]),
  ];
  const types = new Map(keys.flatMap((key) => (key === undefined ? [] : [[key.name, key.type]])));
  return {
    KeySchema: toKeySchema(partitionKey, sortKey),
    AttributeDefinitions: [...types].map(([AttributeName, AttributeType]) => ({ AttributeName, AttributeType })),
    ...(globalSecondaryIndexes.length > 0 && {
      GlobalSecondaryIndexes: globalSecondaryIndexes.map((index) => ({
        IndexName: index.name,
        KeySchema: toKeySchema(index.partitionKey, index.sortKey),
        Projection: {
          ProjectionType: index.projection,
          ...(index.nonKeyAttributes.length > 0 && { NonKeyAttributes: index.nonKeyAttributes }),
        },
      })),
    }),
  };
}

const toKeySchema = (partitionKey: KeyPlan, sortKey: KeyPlan | undefined): readonly KeyElement[] => [
  { AttributeName: partitionKey.name, KeyType: 'HASH' },
  ...(sortKey === undefined ? [] : [{ AttributeName: sortKey.name, KeyType: 'RANGE' }]),
];

interface DescribedTable extends TableShape {
  readonly TableStatus: string;
}

async function describe(client: EngineClient, name: string): Promise<DescribedTable | undefined> {
  try {
    const { Table } = (await client('DescribeTable', { TableName: name })) as { readonly Table: DescribedTable };
    return Table;
  } catch (error) {
    if (error instanceof EngineRequestError && error.type === 'ResourceNotFoundException') {
      return undefined;
    }
    throw error;
  }
}

function refuseDifference(name: string, existing: TableShape, wanted: TableShape): void {
  const [has, wants] = [toText(existing), toText(wanted)];
  if (has !== wants) {
    throw new StackError(
      'table-differs',
      `Table ${name} exists with other keys or indexes than the template asks for.\n` +
        `  It has:   ${has}\n  Template: ${wants}\n` +
        'The local engine cannot change them: start with another --data DIR, or remove the data directory to begin anew.',
    );
  }
}

/** The same text for the same shape, whatever the order of its parts. */
function toText({ KeySchema, AttributeDefinitions, GlobalSecondaryIndexes = [] }: TableShape): string {
  const types = new Map(AttributeDefinitions.map(({ AttributeName, AttributeType }) => [AttributeName, AttributeType]));
  const keys = (schema: readonly KeyElement[]): string =>
    schema.map(({ AttributeName }) => `${AttributeName} (${types.get(AttributeName)})`).join(', ');
  const indexes = GlobalSecondaryIndexes.map(({ IndexName, KeySchema: schema, Projection }) => {
    const { ProjectionType, NonKeyAttributes = [] } = Projection;
    return `index ${IndexName} on ${keys(schema)} with ${[ProjectionType, ...NonKeyAttributes].join(' ')}`;
  });
  return [`key ${keys(KeySchema)}`, ...indexes.sort()].join('; ');
}
