import { DeleteTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { CreateQueueCommand, DeleteQueueCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { createDynamoDocumentClient } from '../../../lib/dynamodb/index.ts';
import { startDynamoDbEngine } from '../../../lib/local/engines/index.ts';
import { ChildSpawner } from '../../../lib/local/processes/index.ts';
import { createSqsClient } from '../../../lib/sqs/index.ts';
import { createJobsTable } from '../jobs-table.ts';
import {
  type FaultProxy,
  type Send,
  startFaultProxy,
  type WireAnswer,
  type WireRequest,
} from '../proxy/fault-proxy.ts';
import { Calls } from './calls.ts';
import { startClockedSqs } from './clocked-sqs.ts';
import { withoutPauses } from './impatient.ts';

const ACCOUNT = '000000000000';
const common = { region: 'us-east-1', credentials: { accessKeyId: 'local', secretAccessKey: 'local' } };

/** What sees the requests of a course on their way; the engines outlive it. */
export interface Watch {
  readonly dynamodb: (request: WireRequest, send: Send) => Promise<WireAnswer>;
  readonly sqs: (request: WireRequest, send: Send) => Promise<WireAnswer>;
}

/** A table and two queues of one course. */
export interface Names {
  readonly tableName: string;
  readonly queueUrl: string;
  readonly deadLetterQueueUrl: string;
}

export interface QueueSettings {
  readonly visibilityTimeoutMs: number;
  readonly maxReceiveCount: number;
}

/** Both engines behind fault proxies, with clients as functions have them. One course at a time. */
export interface Engines {
  readonly calls: Calls;
  readonly table: DynamoDBDocumentClient;
  readonly sqs: SQSClient;
  /** Of the event source, which tries again in its own way. */
  readonly receiver: SQSClient;
  readonly proxies: { readonly dynamodb: FaultProxy; readonly sqs: FaultProxy };
  readonly setTime: (now: number) => void;
  /** From here on the requests of a course are watched by `watch`. */
  readonly prepare: (queue: QueueSettings, watch: Watch) => Promise<Names>;
  readonly remove: (names: Names) => Promise<void>;
  readonly close: () => Promise<void>;
}

export async function startEngines(): Promise<Engines> {
  const spawner = new ChildSpawner();
  const [dynamodbEngine, clockedSqs] = await Promise.all([
    startDynamoDbEngine({ spawner, port: 0, onNotice: () => {} }),
    startClockedSqs(),
  ]);
  const calls = new Calls();
  const pass: Watch = { dynamodb: (request, send) => send(request), sqs: (request, send) => send(request) };
  let watch = pass;
  const proxyOf = (target: string, exchange: (request: WireRequest, send: Send) => Promise<WireAnswer>) =>
    startFaultProxy({
      target,
      decide: ({ headers }) => calls.of(headers)?.nextFate() ?? { kind: 'pass' },
      exchange,
    });
  const [dynamodb, sqs] = await Promise.all([
    proxyOf(dynamodbEngine.endpoint, (request, send) => watch.dynamodb(request, send)),
    proxyOf(clockedSqs.endpoint, (request, send) => watch.sqs(toInternal(request), send)),
  ]);
  const administrator = new DynamoDBClient({ ...common, endpoint: dynamodbEngine.endpoint });
  const queues = new SQSClient({ ...common, endpoint: sqs.endpoint });
  const table = createDynamoDocumentClient({ ...common, endpoint: dynamodb.endpoint });
  const sender = createSqsClient({ ...common, endpoint: sqs.endpoint });
  const receiver = createSqsClient({ ...common, endpoint: sqs.endpoint, maxAttempts: 1 });
  for (const client of [table, sender, receiver]) calls.mark(client);
  await Promise.all([withoutPauses(table), withoutPauses(sender)]);
  const urlOf = (name: string): string => `${sqs.endpoint}/${ACCOUNT}/${name}`;
  let courses = 0;
  return {
    calls,
    table,
    sqs: sender,
    receiver,
    proxies: { dynamodb, sqs },
    setTime: clockedSqs.setTime,
    prepare: async ({ visibilityTimeoutMs, maxReceiveCount }, wanted) => {
      courses += 1;
      const [tableName, queue, dead] = [`jobs-${courses}`, `queue-${courses}`, `dead-${courses}`];
      watch = pass;
      await Promise.all([
        createJobsTable(administrator, tableName),
        queues.send(new CreateQueueCommand({ QueueName: dead })),
        queues.send(
          new CreateQueueCommand({
            QueueName: queue,
            Attributes: {
              VisibilityTimeout: String(visibilityTimeoutMs / 1_000),
              RedrivePolicy: JSON.stringify({
                deadLetterTargetArn: `arn:aws:sqs:us-east-1:${ACCOUNT}:${dead}`,
                maxReceiveCount,
              }),
            },
          }),
        ),
      ]);
      watch = wanted;
      calls.clear();
      return { tableName, queueUrl: urlOf(queue), deadLetterQueueUrl: urlOf(dead) };
    },
    remove: async ({ tableName, queueUrl, deadLetterQueueUrl }) => {
      watch = pass;
      await Promise.all([
        administrator.send(new DeleteTableCommand({ TableName: tableName })),
        ...[queueUrl, deadLetterQueueUrl].map((QueueUrl) => queues.send(new DeleteQueueCommand({ QueueUrl }))),
      ]);
    },
    close: async () => {
      for (const client of [administrator, queues, table, sender, receiver]) client.destroy();
      await Promise.all([dynamodb.close(), sqs.close(), clockedSqs.close()]);
      await dynamodbEngine.stop({ graceMs: 1_000 });
      await spawner.close();
    },
  };
}

/** The engine files its queues under hosts that resolve nowhere, and reads the name of the queue from the body alone. */
function toInternal({ operation, headers, body }: WireRequest): WireRequest {
  const parsed = JSON.parse(body) as { QueueUrl?: string };
  if (parsed.QueueUrl !== undefined) {
    parsed.QueueUrl = `http://sqs.${common.region}.localhost${new URL(parsed.QueueUrl).pathname}`;
  }
  return { operation, headers, body: JSON.stringify(parsed) };
}
