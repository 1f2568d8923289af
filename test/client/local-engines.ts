import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { CreateTableCommand, DynamoDBClient, waitUntilTableExists } from '@aws-sdk/client-dynamodb';
import { CreateQueueCommand, SQSClient } from '@aws-sdk/client-sqs';
import { buildApp } from 'fauxqs';
import { TABLE } from '../../lib/core/index.ts';
import { QueueUrls } from '../../lib/local/engines/queue-urls.ts';

const createDynalite = createRequire(import.meta.url)('dynalite') as (options: object) => Server;

export const CREDENTIALS = { accessKeyId: 'local', secretAccessKey: 'local' };
export const REGION = 'us-east-1';

export interface LocalEngines {
  readonly tableName: string;
  readonly queueUrl: string;
  readonly endpoints: { readonly dynamodb: string; readonly sqs: string };
  readonly dynamodb: DynamoDBClient;
  readonly sqs: SQSClient;
  close(): Promise<void>;
}

/** A jobs table and a queue on the local engines, in memory and in this process. */
export async function startLocalEngines(): Promise<LocalEngines> {
  const tables = createDynalite({ createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 });
  const queues = buildApp({ logger: false });
  const urls = new QueueUrls();
  queues.addHook('preHandler', async ({ body, headers }) => urls.toInternal(body, headers.authorization));
  await queues.ready();
  const queueServer = createServer((request, response) => {
    // The SDK may post to the queue's URL, which the engine takes for a bucket and an object.
    request.url = '/';
    request.headers.host = QueueUrls.INTERNAL_HOST;
    queues.routing(request, response);
  });
  const endpoints = { dynamodb: await listen(tables), sqs: await listen(queueServer) };
  const shared = { region: REGION, credentials: CREDENTIALS };
  const dynamodb = new DynamoDBClient({ ...shared, endpoint: endpoints.dynamodb });
  const sqs = new SQSClient({ ...shared, endpoint: endpoints.sqs });
  await dynamodb.send(
    new CreateTableCommand({
      TableName: 'jobs',
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [{ AttributeName: TABLE.partitionKey, KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: TABLE.partitionKey, AttributeType: 'S' }],
    }),
  );
  // Like DynamoDB, the engine answers before the table can be used.
  await waitUntilTableExists(
    { client: dynamodb, maxWaitTime: 5, minDelay: 0.005, maxDelay: 0.05 },
    { TableName: 'jobs' },
  );
  await sqs.send(new CreateQueueCommand({ QueueName: 'jobs' }));
  return {
    tableName: 'jobs',
    // The engine's own answer names a host that does not resolve.
    queueUrl: `${endpoints.sqs}/000000000000/jobs`,
    endpoints,
    dynamodb,
    sqs,
    close: async () => {
      dynamodb.destroy();
      sqs.destroy();
      await Promise.all([tables, queueServer].map(stop));
      await queues.close();
    },
  };
}

async function listen(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function stop(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
  });
}
