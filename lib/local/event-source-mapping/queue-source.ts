import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { type ReceivedMessage, type RecordSource, toReceivedMessage } from './records.ts';

export interface QueueCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

export interface QueueSourceOptions extends RecordSource {
  readonly queueUrl: string;
  readonly sqsEndpoint: string;
  /** Of the function's role, in whose name Lambda receives and deletes. */
  readonly credentials: QueueCredentials;
  /** For what Lambda never does: handing messages back. */
  readonly administrator: QueueCredentials;
}

/** SQS takes and gives at most ten messages in one request. */
const MAX_REQUEST_MESSAGES = 10;

/** Longer than the longest poll; a request that takes longer goes to an engine that hangs. */
const REQUEST_TIMEOUT_MS = 10_000;

const inTens = (messages: readonly ReceivedMessage[]): readonly (readonly ReceivedMessage[])[] =>
  Array.from({ length: Math.ceil(messages.length / MAX_REQUEST_MESSAGES) }, (_, index) =>
    messages.slice(index * MAX_REQUEST_MESSAGES, (index + 1) * MAX_REQUEST_MESSAGES),
  );

const createClient = ({ region, sqsEndpoint }: QueueSourceOptions, credentials: QueueCredentials): SQSClient =>
  new SQSClient({
    region,
    endpoint: sqsEndpoint,
    credentials,
    maxAttempts: 1,
    useQueueUrlAsEndpoint: false,
    requestHandler: { requestTimeout: REQUEST_TIMEOUT_MS, throwOnRequestTimeout: true },
  });

/** The queue's side of a mapping. Requests are not retried here: the mapping does that, in its own way for each. */
export class QueueSource {
  private readonly options: QueueSourceOptions;
  private readonly client: SQSClient;

  constructor(options: QueueSourceOptions) {
    this.options = options;
    this.client = createClient(options, options.credentials);
  }

  async receive(request: {
    readonly maxMessages: number;
    readonly waitSeconds: number;
    readonly signal: AbortSignal;
  }): Promise<readonly ReceivedMessage[]> {
    const { Messages = [] } = await this.client.send(
      new ReceiveMessageCommand({
        QueueUrl: this.options.queueUrl,
        MaxNumberOfMessages: Math.min(request.maxMessages, MAX_REQUEST_MESSAGES),
        WaitTimeSeconds: request.waitSeconds,
        MessageSystemAttributeNames: ['All'],
        MessageAttributeNames: ['All'],
      }),
      { abortSignal: request.signal },
    );
    return Messages.map((message) => toReceivedMessage(message, this.options));
  }

  /** Resolves with the messages that could not be deleted. */
  async delete(messages: readonly ReceivedMessage[]): Promise<readonly ReceivedMessage[]> {
    const answers = await Promise.allSettled(
      inTens(messages).map(async (some) => {
        const { Failed = [] } = await this.client.send(
          new DeleteMessageBatchCommand({
            QueueUrl: this.options.queueUrl,
            Entries: some.map(({ receiptHandle }, index) => ({ Id: String(index), ReceiptHandle: receiptHandle })),
          }),
        );
        const failed = new Set(Failed.map((entry) => entry.Id));
        return some.filter((_, index) => failed.has(String(index)));
      }),
    );
    return answers.flatMap((answer, index) =>
      answer.status === 'fulfilled' ? answer.value : (inTens(messages)[index] ?? []),
    );
  }

  /** Makes messages visible again at once. */
  async handBack(messages: readonly ReceivedMessage[]): Promise<void> {
    if (messages.length === 0) return;
    const client = createClient(this.options, this.options.administrator);
    await Promise.all(
      inTens(messages).map((some) =>
        client.send(
          new ChangeMessageVisibilityBatchCommand({
            QueueUrl: this.options.queueUrl,
            Entries: some.map(({ receiptHandle }, index) => ({
              Id: String(index),
              ReceiptHandle: receiptHandle,
              VisibilityTimeout: 0,
            })),
          }),
        ),
      ),
    ).finally(() => client.destroy());
  }

  close(): void {
    this.client.destroy();
  }
}
