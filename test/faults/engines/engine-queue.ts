import {
  ChangeMessageVisibilityCommand,
  DeleteMessageBatchCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  PurgeQueueCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
} from '@aws-sdk/client-sqs';
import type { DeadMessage, MemoryJobQueue, ReceivedMessage } from '../../../lib/memory/index.ts';
import type { Scheduler } from '../../simulation/kernel/scheduler.ts';
import type { Engines, Names } from './engines.ts';
import type { UnderWay } from './under-way.ts';

const BATCH = 10;
/** Longer than any course: what was looked at must not come back. */
const LOOK_SECONDS = 43_200;

export interface EngineQueueOptions {
  readonly engines: Engines;
  readonly names: Names;
  readonly underWay: UnderWay;
  readonly scheduler: Scheduler;
}

/**
 * The queues of the engine with the face of the simulated one: what people do to them is under way when a call returns, and done
 * before time goes on. Nothing befalls these requests.
 */
export class EngineQueue implements Pick<MemoryJobQueue, 'sendRaw' | 'purge' | 'redriveDead' | 'size' | 'listDead'> {
  private readonly options: EngineQueueOptions;
  private left = 0;
  private dead: readonly DeadMessage[] = [];

  constructor(options: EngineQueueOptions) {
    this.options = options;
  }

  sendRaw(body: string): void {
    this.start(() => this.send([body]));
  }

  purge(): void {
    this.start(() => this.options.engines.receiver.send(new PurgeQueueCommand({ QueueUrl: this.queueUrl })));
  }

  redriveDead(): number {
    this.start(() => this.moveDead());
    return 0;
  }

  /** Messages that were there when {@link look} was called last; none after {@link forget}. */
  size(): number {
    return this.left;
  }

  /** What lay in the dead-letter queue when {@link lookIntoDead} was called. */
  listDead(): readonly DeadMessage[] {
    return this.dead;
  }

  forget(): void {
    this.left = 0;
  }

  /** Counts the messages that are not deleted. */
  async look(): Promise<void> {
    const { Attributes = {} } = await this.options.engines.receiver.send(
      new GetQueueAttributesCommand({ QueueUrl: this.queueUrl, AttributeNames: ['All'] }),
    );
    const { ApproximateNumberOfMessages, ApproximateNumberOfMessagesDelayed, ApproximateNumberOfMessagesNotVisible } =
      Attributes;
    this.left =
      Number(ApproximateNumberOfMessages) +
      Number(ApproximateNumberOfMessagesDelayed) +
      Number(ApproximateNumberOfMessagesNotVisible);
  }

  /** Reads all dead messages; they cannot be received again. */
  async lookIntoDead(): Promise<void> {
    const dead: DeadMessage[] = [];
    for (let found = await this.receiveDead(); found.length > 0; found = await this.receiveDead()) {
      dead.push(...found.map(({ body }) => ({ body, attributes: {} })));
    }
    this.dead = dead;
  }

  /** @throws whatever the client throws when the queue does not answer */
  async receive(): Promise<readonly ReceivedMessage[]> {
    const { Messages = [] } = await this.options.engines.receiver.send(
      new ReceiveMessageCommand({
        QueueUrl: this.queueUrl,
        MaxNumberOfMessages: BATCH,
        WaitTimeSeconds: 0,
        MessageSystemAttributeNames: ['All'],
      }),
    );
    return Messages.map(({ MessageId = '', ReceiptHandle = '', Body = '', Attributes = {} }) => ({
      messageId: MessageId,
      receiptHandle: ReceiptHandle,
      body: Body,
      receiveCount: Number(Attributes.ApproximateReceiveCount),
      sentAt: Number(Attributes.SentTimestamp),
    }));
  }

  /** @throws whatever the client throws when the queue does not answer */
  async delete(receiptHandles: readonly string[]): Promise<void> {
    const Entries = receiptHandles.map((ReceiptHandle, index) => ({ Id: String(index), ReceiptHandle }));
    await this.options.engines.receiver.send(new DeleteMessageBatchCommand({ QueueUrl: this.queueUrl, Entries }));
  }

  /** Shows messages again; one that is no longer hidden under its handle is left alone. */
  release(receiptHandles: readonly string[]): void {
    for (const ReceiptHandle of receiptHandles) {
      const command = new ChangeMessageVisibilityCommand({
        QueueUrl: this.queueUrl,
        ReceiptHandle,
        VisibilityTimeout: 0,
      });
      this.start(() => this.options.engines.receiver.send(command).catch(() => {}));
    }
  }

  private get queueUrl(): string {
    return this.options.names.queueUrl;
  }

  private start(act: () => Promise<unknown>): void {
    // An error of the engine ends the course: nothing is planted here.
    this.options.scheduler.follow(this.options.underWay.track(act()));
  }

  private async send(bodies: readonly string[]): Promise<void> {
    const Entries = bodies.map((MessageBody, index) => ({ Id: String(index), MessageBody }));
    await this.options.engines.receiver.send(new SendMessageBatchCommand({ QueueUrl: this.queueUrl, Entries }));
  }

  private async receiveDead(): Promise<readonly { readonly body: string; readonly receiptHandle: string }[]> {
    const { Messages = [] } = await this.options.engines.receiver.send(
      new ReceiveMessageCommand({
        QueueUrl: this.options.names.deadLetterQueueUrl,
        MaxNumberOfMessages: BATCH,
        VisibilityTimeout: LOOK_SECONDS,
      }),
    );
    return Messages.map(({ Body = '', ReceiptHandle = '' }) => ({ body: Body, receiptHandle: ReceiptHandle }));
  }

  private async moveDead(): Promise<void> {
    const { engines, names } = this.options;
    for (let found = await this.receiveDead(); found.length > 0; found = await this.receiveDead()) {
      await this.send(found.map(({ body }) => body));
      for (const { receiptHandle } of found) {
        await engines.receiver.send(
          new DeleteMessageCommand({ QueueUrl: names.deadLetterQueueUrl, ReceiptHandle: receiptHandle }),
        );
      }
    }
  }
}
