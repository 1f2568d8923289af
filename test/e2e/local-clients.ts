import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { DynamoDBDocumentClient, GetCommand, PutCommand, paginateScan } from '@aws-sdk/lib-dynamodb';
import type { JobView } from '../../lib/pipeline/index.ts';
import { sign } from '../local/http/signed-request.ts';
import type { Ready } from '../local/stack/dev-process.ts';

/** Whatever a user has at hand against a running stack: the signed API, and the plain clients of the AWS SDK. */
export interface LocalClients {
  readonly request: (method: string, path: string, options?: RequestOptions) => Promise<Response>;
  /** Submits through the API; the accepted job. */
  readonly submit: (type: string, input: unknown) => Promise<JobView>;
  /** The job as the API shows it once it is final, or after 25 seconds. */
  readonly waitFor: (id: string) => Promise<JobView>;
  /** The item with the fewest attributes that works. */
  readonly putRaw: (id: string, type: string, input: string, item?: Readonly<Record<string, unknown>>) => Promise<void>;
  readonly readItem: (id: string) => Promise<Readonly<Record<string, unknown>> | undefined>;
  readonly countByStatus: () => Promise<Readonly<Record<string, number>>>;
  readonly sendMessage: (body: string) => Promise<void>;
  readonly receiveDeadLetters: () => Promise<readonly Message[]>;
  readonly countMessages: (queueUrl: string) => Promise<number>;
  readonly close: () => void;
}

export interface RequestOptions {
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

export function connectTo(ready: Ready): LocalClients {
  const { region, accessKeyId, secretAccessKey, tableName: TableName } = ready;
  const common = { region, credentials: { accessKeyId, secretAccessKey } };
  const table = DynamoDBDocumentClient.from(new DynamoDBClient({ ...common, endpoint: ready.dynamodb }));
  const sqs = new SQSClient({ ...common, endpoint: ready.sqs });

  const request: LocalClients['request'] = async (method, path, { query = {}, headers = {}, body } = {}) => {
    const text = body === undefined ? undefined : JSON.stringify(body);
    const signed = await sign({
      method,
      path,
      query: { ...query },
      headers: { ...headers, ...(text === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(text === undefined ? {} : { body: text }),
      host: new URL(ready.api).host,
    });
    const url = `${ready.api}${path}${signed.query === '' ? '' : `?${signed.query}`}`;
    return fetch(url, { method, headers: signed.headers, ...(text === undefined ? {} : { body: text }) });
  };
  const readJob = async (response: Response): Promise<JobView> => {
    if (!response.ok) {
      throw new Error(`${response.status}: ${await response.text()}`);
    }
    return (await response.json()) as JobView;
  };

  return {
    request,
    submit: async (type, input) => readJob(await request('POST', '/jobs', { body: { type, input } })),
    waitFor: async (id) => readJob(await request('GET', `/jobs/${id}`, { query: { wait: '25' } })),
    putRaw: async (id, type, input, item = {}) => {
      const least = { id, type, status: 'queued', input, lane: 'default#live#0', nextAt: Date.now() };
      await table.send(new PutCommand({ TableName, Item: { ...least, ...item } }));
    },
    readItem: async (id) => (await table.send(new GetCommand({ TableName, Key: { id }, ConsistentRead: true }))).Item,
    countByStatus: async () => {
      const counts: Record<string, number> = {};
      for await (const { Items = [] } of paginateScan({ client: table }, { TableName })) {
        for (const { status } of Items) {
          counts[String(status)] = (counts[String(status)] ?? 0) + 1;
        }
      }
      return counts;
    },
    sendMessage: async (body) => {
      await sqs.send(new SendMessageCommand({ QueueUrl: ready.queueUrl, MessageBody: body }));
    },
    receiveDeadLetters: async () => {
      const { Messages = [] } = await sqs.send(
        new ReceiveMessageCommand({
          QueueUrl: ready.deadLetterQueueUrl,
          MaxNumberOfMessages: 10,
          MessageAttributeNames: ['All'],
          VisibilityTimeout: 0,
          WaitTimeSeconds: 1,
        }),
      );
      return Messages;
    },
    countMessages: async (QueueUrl) => {
      const { Attributes } = await sqs.send(
        new GetQueueAttributesCommand({
          QueueUrl,
          AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
        }),
      );
      return Object.values(Attributes ?? {}).reduce((sum, count) => sum + Number(count), 0);
    },
    close: () => {
      table.destroy();
      sqs.destroy();
    },
  };
}
