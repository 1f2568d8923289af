import { once } from 'node:events';
import type { Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { CreateTableCommand, type DynamoDBClientConfig, waitUntilTableExists } from '@aws-sdk/client-dynamodb';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { TABLE } from '../../lib/core/index.ts';
import { createDynamoDocumentClient } from '../../lib/dynamodb/index.ts';

const createDynalite = createRequire(import.meta.url)('dynalite') as (options: object) => Server;

export interface LocalTable {
  readonly client: DynamoDBDocumentClient;
  /** For another client of the same engine. */
  readonly config: DynamoDBClientConfig;
  readonly tableName: string;
  readonly close: () => Promise<void>;
}

/** A jobs table of its own on the local engine, in memory and in this process. */
export async function createLocalTable(): Promise<LocalTable> {
  const server = createDynalite({ createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const config = {
    endpoint: `http://127.0.0.1:${port}`,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  };
  const client = createDynamoDocumentClient(config);
  const tableName = 'jobs';
  await client.send(
    new CreateTableCommand({
      TableName: tableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [
        { AttributeName: TABLE.partitionKey, AttributeType: 'S' },
        { AttributeName: TABLE.indexPartitionKey, AttributeType: 'S' },
        { AttributeName: TABLE.indexSortKey, AttributeType: 'N' },
      ],
      KeySchema: [{ AttributeName: TABLE.partitionKey, KeyType: 'HASH' }],
      GlobalSecondaryIndexes: [
        {
          IndexName: TABLE.indexName,
          KeySchema: [
            { AttributeName: TABLE.indexPartitionKey, KeyType: 'HASH' },
            { AttributeName: TABLE.indexSortKey, KeyType: 'RANGE' },
          ],
          Projection: { ProjectionType: 'KEYS_ONLY' },
        },
      ],
    }),
  );
  // Like DynamoDB, the engine answers before the table can be used.
  await waitUntilTableExists(
    { client: client, maxWaitTime: 5, minDelay: 0.005, maxDelay: 0.05 },
    { TableName: tableName },
  );
  return {
    client,
    config,
    tableName,
    close: async () => {
      client.destroy();
      await new Promise<void>((resolve, reject) => {
        server.close((error) => (error === undefined || error === null ? resolve() : reject(error)));
      });
    },
  };
}
