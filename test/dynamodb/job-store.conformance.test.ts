import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DeleteCommand, DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import { createDynamoJobStore } from '../../lib/dynamodb/index.ts';
import { describeJobStore } from '../conformance/job-store/index.ts';
import { createLocalTable } from './local-table.ts';

const setup = async () => {
  const { client, config, tableName, close } = await createLocalTable();
  const anybody = DynamoDBDocumentClient.from(new DynamoDBClient(config), {
    marshallOptions: { allowImpreciseNumbers: true },
  });
  return {
    store: createDynamoJobStore({
      client,
      tableName,
      clock: { now: () => 0, sleep: async () => {} },
      random: { next: () => 0 },
    }),
    putRaw: async (item: Readonly<Record<string, unknown>>) => {
      await anybody.send(new PutCommand({ TableName: tableName, Item: item }));
    },
    deleteRaw: async (id: string) => {
      await client.send(new DeleteCommand({ TableName: tableName, Key: { id } }));
    },
    close: async () => {
      anybody.destroy();
      await close();
    },
  };
};

describeJobStore('DynamoDB', setup, ['equality-of-documents']);
