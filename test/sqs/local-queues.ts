import type { AddressInfo } from 'node:net';
import { CreateQueueCommand, ReceiveMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { buildApp } from 'fauxqs';
import { createSqsClient } from '../../lib/sqs/index.ts';

export interface QueueUrls {
  readonly queueUrl: string;
  readonly deadLetterQueueUrl: string;
}

export interface LocalQueues {
  readonly client: SQSClient;
  /** A new queue whose messages go to its dead-letter queue after two receives. */
  readonly createQueues: () => Promise<QueueUrls>;
  readonly receive: (queueUrl: string, waitSeconds?: number) => ReturnType<typeof receiveMessages>;
  readonly close: () => Promise<void>;
}

const ACCOUNT = '000000000000';

/** The local SQS engine in this process, on loopback only. */
export async function startLocalQueues(): Promise<LocalQueues> {
  const app = buildApp({ logger: false });
  await app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = app.server.address() as AddressInfo;
  const client = createSqsClient({
    endpoint: `http://127.0.0.1:${port}`,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  let count = 0;
  // The engine's URLs are on a host name that does not resolve; it knows its queues by nothing else, and the client, which
  // was given an endpoint, asks that.
  return {
    client,
    createQueues: async () => {
      count += 1;
      const [name, deadName] = [`jobs-${count}`, `dead-${count}`];
      const dead = await client.send(new CreateQueueCommand({ QueueName: deadName }));
      const live = await client.send(
        new CreateQueueCommand({
          QueueName: name,
          Attributes: {
            VisibilityTimeout: '360',
            RedrivePolicy: JSON.stringify({
              deadLetterTargetArn: `arn:aws:sqs:us-east-1:${ACCOUNT}:${deadName}`,
              maxReceiveCount: 2,
            }),
          },
        }),
      );
      return { queueUrl: live.QueueUrl ?? '', deadLetterQueueUrl: dead.QueueUrl ?? '' };
    },
    receive: (queueUrl, waitSeconds = 0) => receiveMessages(client, queueUrl, waitSeconds),
    close: async () => {
      client.destroy();
      await app.close();
    },
  };
}

async function receiveMessages(client: SQSClient, queueUrl: string, waitSeconds: number) {
  const { Messages = [] } = await client.send(
    new ReceiveMessageCommand({
      QueueUrl: queueUrl,
      MaxNumberOfMessages: 10,
      WaitTimeSeconds: waitSeconds,
      MessageSystemAttributeNames: ['ApproximateReceiveCount'],
      MessageAttributeNames: ['All'],
    }),
  );
  return Messages.map((message) => ({
    receiptHandle: message.ReceiptHandle ?? '',
    body: message.Body ?? '',
    receiveCount: Number(message.Attributes?.ApproximateReceiveCount),
    attributes: Object.fromEntries(
      Object.entries(message.MessageAttributes ?? {}).map(([name, { StringValue = '' }]) => [name, StringValue]),
    ),
  }));
}
