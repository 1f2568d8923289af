import {
  type BatchResultErrorEntry,
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  GetQueueAttributesCommand,
  SendMessageBatchCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import {
  type AccessError,
  chunksOf,
  type DeadLetter,
  type Inbox,
  type JobQueue,
  type Logger,
  mapBounded,
  type OutgoingMessage,
  type SendResult,
} from '../core/index.ts';
import { type Entry, toBatches, toDeadEntry, toEntry } from './entries.ts';
import { toAccessError, toEntryError } from './errors.ts';

export interface SqsJobQueueOptions {
  /** From `createSqsClient`, or one of your own. */
  readonly client: SQSClient;
  readonly queueUrl: string;
  readonly deadLetterQueueUrl: string;
  /** Told of messages that could be neither deleted nor released; nobody else learns of them. */
  readonly logger?: Logger;
}

export function createSqsJobQueue(options: SqsJobQueueOptions): JobQueue & Inbox {
  return new SqsJobQueue(options);
}

const MAX_REQUESTS = 10;
/** Receipt handles in one request. */
const MAX_HANDLES = 10;

class SqsJobQueue implements JobQueue, Inbox {
  private readonly client: SQSClient;
  private readonly queueUrl: string;
  private readonly deadLetterQueueUrl: string;
  private readonly logger: Logger | undefined;

  constructor(options: SqsJobQueueOptions) {
    this.client = options.client;
    this.queueUrl = options.queueUrl;
    this.deadLetterQueueUrl = options.deadLetterQueueUrl;
    this.logger = options.logger;
  }

  async send(messages: readonly OutgoingMessage[]): Promise<readonly SendResult[]> {
    return await this.sendAll(this.queueUrl, messages.map(toEntry));
  }

  async sendDeadLetters(letters: readonly DeadLetter[]): Promise<readonly SendResult[]> {
    return await this.sendAll(this.deadLetterQueueUrl, letters.map(toDeadEntry));
  }

  async depth(): Promise<number> {
    try {
      const { Attributes } = await this.client.send(
        new GetQueueAttributesCommand({ QueueUrl: this.queueUrl, AttributeNames: ['ApproximateNumberOfMessages'] }),
      );
      return Number(Attributes?.ApproximateNumberOfMessages ?? 0);
    } catch (error) {
      throw toAccessError(error);
    }
  }

  async acknowledge(receiptHandles: readonly string[]): Promise<void> {
    await this.settle('deleted', receiptHandles, (handles) =>
      this.client.send(
        new DeleteMessageBatchCommand({
          QueueUrl: this.queueUrl,
          Entries: handles.map((handle, index) => ({ Id: String(index), ReceiptHandle: handle })),
        }),
      ),
    );
  }

  async release(receiptHandles: readonly string[]): Promise<void> {
    await this.settle('released', receiptHandles, (handles) =>
      this.client.send(
        new ChangeMessageVisibilityBatchCommand({
          QueueUrl: this.queueUrl,
          Entries: handles.map((handle, index) => ({
            Id: String(index),
            ReceiptHandle: handle,
            VisibilityTimeout: 0,
          })),
        }),
      ),
    );
  }

  private async sendAll(queueUrl: string, entries: readonly Entry[]): Promise<readonly SendResult[]> {
    const results = await mapBounded(toBatches(entries), MAX_REQUESTS, (batch) => this.sendBatch(queueUrl, batch));
    return results.flat();
  }

  private async sendBatch(queueUrl: string, batch: readonly Entry[]): Promise<readonly SendResult[]> {
    try {
      const { Successful = [], Failed = [] } = await this.client.send(
        new SendMessageBatchCommand({
          QueueUrl: queueUrl,
          Entries: batch.map((entry, index) => ({ ...entry, Id: String(index) })),
        }),
      );
      const sent = new Set(Successful.map(({ Id }) => Id));
      const failed = new Map(Failed.map((entry) => [entry.Id, entry]));
      // What the answer does not mention counts as not sent: sending twice costs less than not at all.
      return batch.map((_, index) => {
        const id = String(index);
        return sent.has(id) ? { kind: 'sent' } : unsent(toEntryError(failed.get(id)));
      });
    } catch (cause) {
      const error = toAccessError(cause);
      if (error.code === 'invalid' && batch.length > 1) {
        // SQS refused the request for one of its messages: the others must not suffer for it.
        return (await mapBounded(batch, MAX_REQUESTS, (entry) => this.sendBatch(queueUrl, [entry]))).flat();
      }
      return batch.map(() => unsent(error));
    }
  }

  /** Best effort, never rejects: a message that comes back is recognised as a duplicate or tried again. */
  private async settle(
    aim: 'deleted' | 'released',
    receiptHandles: readonly string[],
    send: (handles: readonly string[]) => Promise<{ Failed?: BatchResultErrorEntry[] | undefined }>,
  ): Promise<void> {
    await mapBounded(chunksOf([...new Set(receiptHandles)], MAX_HANDLES), MAX_REQUESTS, async (handles) => {
      try {
        const { Failed = [] } = await send(handles);
        for (const failed of Failed) {
          this.logger?.warn(`A message could not be ${aim}`, { error: toEntryError(failed) });
        }
      } catch (error) {
        this.logger?.warn(`Messages could not be ${aim}`, { messages: handles.length, error: toAccessError(error) });
      }
    });
  }
}

function unsent(error: AccessError): SendResult {
  return { kind: 'error', error };
}
