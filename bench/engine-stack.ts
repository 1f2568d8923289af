import { CreateTableCommand, DynamoDBClient, waitUntilTableExists } from '@aws-sdk/client-dynamodb';
import { DeleteMessageBatchCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { type DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import { DEFAULT_POLICY, type JobHandler, type Logger, type Policy, TABLE, type Telemetry } from '../lib/core/index.ts';
import { createDynamoDocumentClient, createDynamoJobStore } from '../lib/dynamodb/index.ts';
import { startDynamoDbEngine, startSqsS3Engine } from '../lib/local/engines/index.ts';
import { ChildSpawner } from '../lib/local/processes/index.ts';
import { type ConsumerPorts, createIds, type Delivery, systemClock, systemRandom } from '../lib/pipeline/index.ts';
import { createSqsClient, createSqsJobQueue } from '../lib/sqs/index.ts';

/** The real adapters on the local engines, each in a process of its own; every request is counted as it leaves. */
export interface EngineStack {
  readonly ports: ConsumerPorts;
  readonly table: DynamoDBDocumentClient;
  readonly tableName: string;
  readonly endpoints: { readonly dynamodb: string; readonly sqs: string };
  readonly queueUrl: string;
  /** Requests since the last call, by name, tries of the SDK's own included. */
  readonly takeRequests: () => ReadonlyMap<string, number>;
  readonly receive: () => Promise<readonly Delivery[]>;
  /** As an event source does once a batch has ended; what is not deleted comes again when its visibility ends. */
  readonly remove: (deliveries: readonly Delivery[]) => Promise<void>;
  readonly readItem: (id: string) => Promise<Readonly<Record<string, unknown>> | undefined>;
  readonly close: () => Promise<void>;
}

const QUEUE_NAME = 'jobs';
const TABLE_NAME = 'jobs';
const ignore = (): void => {};
const quiet: Logger = { debug: ignore, info: ignore, warn: ignore, error: ignore };
const silent: Telemetry = { submitted: ignore, claimed: ignore, accepted: ignore, noticed: ignore };

export async function startEngineStack(
  handlers: readonly JobHandler[],
  policy: Partial<Policy> = {},
): Promise<EngineStack> {
  const spawner = new ChildSpawner();
  const [dynamodb, sqs] = await Promise.all([
    startDynamoDbEngine({ spawner, port: 0, onNotice: ignore }),
    startSqsS3Engine({ spawner, sqsPort: 0, s3Port: 0, onNotice: ignore }),
  ]);
  await sqs.createQueues([{ name: QUEUE_NAME, attributes: {} }]);
  const common = { region: 'us-east-1', credentials: { accessKeyId: 'local', secretAccessKey: 'local' } };
  const table = createDynamoDocumentClient({ ...common, endpoint: dynamodb.endpoint });
  const sqsClient = createSqsClient({ ...common, endpoint: sqs.sqsEndpoint });
  // What the measurement itself asks for goes past the counter.
  const observer = createDynamoDocumentClient({ ...common, endpoint: dynamodb.endpoint });
  const receiver = new SQSClient({ ...common, endpoint: sqs.sqsEndpoint });
  await createTable(new DynamoDBClient({ ...common, endpoint: dynamodb.endpoint }));

  let requests = new Map<string, number>();
  const count = (name: string): void => {
    requests.set(name, (requests.get(name) ?? 0) + 1);
  };
  countRequests(table, count);
  countRequests(sqsClient, count);

  const queueUrl = `${sqs.sqsEndpoint}/000000000000/${QUEUE_NAME}`;
  const queue = createSqsJobQueue({ client: sqsClient, queueUrl, deadLetterQueueUrl: queueUrl });
  const byType = new Map(handlers.map((handler) => [handler.definition.type, handler]));
  return {
    ports: {
      store: createDynamoJobStore({ client: table, tableName: TABLE_NAME, clock: systemClock, random: systemRandom }),
      queue,
      inbox: queue,
      clock: systemClock,
      random: systemRandom,
      ids: createIds(systemClock),
      telemetry: silent,
      logger: quiet,
      policy: { ...DEFAULT_POLICY, ...policy },
      handlers: byType,
      batchConcurrency: 10,
    },
    table,
    tableName: TABLE_NAME,
    endpoints: { dynamodb: dynamodb.endpoint, sqs: sqs.sqsEndpoint },
    queueUrl,
    takeRequests: () => {
      const taken = requests;
      requests = new Map();
      return taken;
    },
    receive: async () => {
      const { Messages = [] } = await receiver.send(
        new ReceiveMessageCommand({ QueueUrl: queueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 1 }),
      );
      return Messages.map(({ MessageId = '', ReceiptHandle = '', Body = '' }) => ({
        messageId: MessageId,
        receiptHandle: ReceiptHandle,
        body: Body,
        receiveCount: 1,
      }));
    },
    remove: async (deliveries) => {
      const Entries = deliveries.map(({ receiptHandle }, index) => ({
        Id: String(index),
        ReceiptHandle: receiptHandle,
      }));
      await receiver.send(new DeleteMessageBatchCommand({ QueueUrl: queueUrl, Entries }));
    },
    readItem: async (id) =>
      (await observer.send(new GetCommand({ TableName: TABLE_NAME, Key: { id }, ConsistentRead: true }))).Item,
    close: async () => {
      for (const client of [table, observer, sqsClient, receiver]) {
        client.destroy();
      }
      await Promise.all([dynamodb.stop({ graceMs: 1_000 }), sqs.stop({ graceMs: 1_000 })]);
      await spawner.close();
    },
  };
}

interface WithMiddleware {
  readonly middlewareStack: {
    add(
      middleware: (
        next: (args: object) => Promise<object>,
        context: { readonly commandName?: string },
      ) => (args: object) => Promise<object>,
      options: { readonly step: 'finalizeRequest'; readonly name: string; readonly priority: 'low' },
    ): void;
  };
}

/** Behind the SDK's own retries, where each try is a request. */
function countRequests(client: object, count: (name: string) => void): void {
  (client as WithMiddleware).middlewareStack.add(
    (next, context) => (args) => {
      count(String(context.commandName).replace('Command', ''));
      return next(args);
    },
    { step: 'finalizeRequest', name: 'count-requests', priority: 'low' },
  );
}

async function createTable(client: DynamoDBClient): Promise<void> {
  await client.send(
    new CreateTableCommand({
      TableName: TABLE_NAME,
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
  await waitUntilTableExists(
    { client: client, maxWaitTime: 5, minDelay: 0.005, maxDelay: 0.05 },
    { TableName: TABLE_NAME },
  );
  client.destroy();
}
