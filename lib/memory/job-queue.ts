import {
  type Clock,
  type DeadLetter,
  encodeMessage,
  type Inbox,
  type JobQueue,
  MAX_QUEUE_DELAY_MS,
  type OutgoingMessage,
  type SendResult,
} from '../core/index.ts';

export interface MemoryJobQueueOptions {
  readonly clock: Clock;
  /** How long a received message stays hidden, in milliseconds. Default: 360,000, six times the consumer's timeout. */
  readonly visibilityTimeoutMs?: number;
  /** Receives after which a message goes to the dead-letter queue instead. Default: 5. */
  readonly maxReceiveCount?: number;
}

export interface ReceivedMessage {
  readonly messageId: string;
  readonly receiptHandle: string;
  readonly body: string;
  /** Counts this receive. */
  readonly receiveCount: number;
  readonly sentAt: number;
  readonly group?: string;
}

/** What lies in the dead-letter queue: copies with a reason, and messages that never reached an outcome. */
export interface DeadMessage {
  readonly body: string;
  /** Type, reason and detail of a copy; empty for a message that the queue itself gave up. */
  readonly attributes: Readonly<Record<string, string>>;
}

export interface MemoryJobQueue extends JobQueue, Inbox {
  /** Visible messages, oldest first, hidden from now on for the visibility timeout. */
  receive(maxMessages?: number): readonly ReceivedMessage[];
  /** Sends a body of any content, as anybody with access to the queue could. */
  sendRaw(body: string): void;
  listDead(): readonly DeadMessage[];
  /** Moves every dead message back, as a redrive from the SQS console does; answers how many. */
  redriveDead(): number;
  /** Messages that are not deleted yet: waiting, delayed or in flight. */
  size(): number;
  /** Loses every message, as a purge does. */
  purge(): void;
}

interface Message {
  readonly messageId: string;
  readonly body: string;
  readonly sentAt: number;
  readonly group: string | undefined;
  visibleAt: number;
  receiveCount: number;
  /** Changes with each receive: a handle of an earlier one no longer works. */
  receiptHandle: string | undefined;
}

const VISIBILITY_TIMEOUT_MS = 360_000;
const MAX_RECEIVE_COUNT = 5;

/**
 * The queue with the behaviour of the real one. A message waits until `visibleAt`; a receive hides it for the visibility
 * timeout and gives it a new handle; an acknowledge with that handle deletes it, a release shows it at once; once it has
 * been received often enough, the next receive moves it to the dead-letter queue.
 */
export function createMemoryJobQueue(options: MemoryJobQueueOptions): MemoryJobQueue {
  return new InMemoryJobQueue(options);
}

class InMemoryJobQueue implements MemoryJobQueue {
  private readonly clock: Clock;
  private readonly visibilityTimeoutMs: number;
  private readonly maxReceiveCount: number;
  /** By id, in the order of sending. */
  private readonly messages = new Map<string, Message>();
  private dead: DeadMessage[] = [];
  private count = 0;

  constructor(options: MemoryJobQueueOptions) {
    this.clock = options.clock;
    this.visibilityTimeoutMs = options.visibilityTimeoutMs ?? VISIBILITY_TIMEOUT_MS;
    this.maxReceiveCount = options.maxReceiveCount ?? MAX_RECEIVE_COUNT;
  }

  async send(messages: readonly OutgoingMessage[]): Promise<readonly SendResult[]> {
    return messages.map(({ message, delayMs, group }) => {
      this.enqueue(encodeMessage(message), Math.min(MAX_QUEUE_DELAY_MS, Math.ceil(delayMs / 1_000) * 1_000), group);
      return { kind: 'sent' };
    });
  }

  async sendDeadLetters(letters: readonly DeadLetter[]): Promise<readonly SendResult[]> {
    return letters.map(({ message, type, reason, detail }) => {
      this.dead.push({ body: encodeMessage(message), attributes: { type, reason, detail } });
      return { kind: 'sent' };
    });
  }

  async depth(): Promise<number> {
    const now = this.clock.now();
    return [...this.messages.values()].filter(({ visibleAt }) => visibleAt <= now).length;
  }

  async acknowledge(receiptHandles: readonly string[]): Promise<void> {
    for (const message of this.heldBy(receiptHandles)) {
      this.messages.delete(message.messageId);
    }
  }

  async release(receiptHandles: readonly string[]): Promise<void> {
    for (const message of this.heldBy(receiptHandles)) {
      message.visibleAt = this.clock.now();
    }
  }

  receive(maxMessages = 10): readonly ReceivedMessage[] {
    const now = this.clock.now();
    const received: ReceivedMessage[] = [];
    for (const message of this.messages.values()) {
      if (received.length >= maxMessages) {
        break;
      }
      if (message.visibleAt > now) {
        continue;
      }
      if (message.receiveCount >= this.maxReceiveCount) {
        this.messages.delete(message.messageId);
        this.dead.push({ body: message.body, attributes: {} });
        continue;
      }
      message.receiveCount += 1;
      message.visibleAt = now + this.visibilityTimeoutMs;
      message.receiptHandle = `${message.messageId}#${message.receiveCount}`;
      received.push({
        messageId: message.messageId,
        receiptHandle: message.receiptHandle,
        body: message.body,
        receiveCount: message.receiveCount,
        sentAt: message.sentAt,
        ...(message.group === undefined ? {} : { group: message.group }),
      });
    }
    return received;
  }

  sendRaw(body: string): void {
    this.enqueue(body, 0, undefined);
  }

  listDead(): readonly DeadMessage[] {
    return [...this.dead];
  }

  redriveDead(): number {
    const moved = this.dead;
    this.dead = [];
    for (const { body } of moved) {
      this.enqueue(body, 0, undefined);
    }
    return moved.length;
  }

  size(): number {
    return this.messages.size;
  }

  purge(): void {
    this.messages.clear();
  }

  /** The messages whose latest handle is among these; an older handle holds nothing any more. */
  private heldBy(receiptHandles: readonly string[]): readonly Message[] {
    return receiptHandles.flatMap((handle) => {
      const message = this.messages.get(handle.slice(0, handle.lastIndexOf('#')));
      return message?.receiptHandle === handle ? [message] : [];
    });
  }

  private enqueue(body: string, delayMs: number, group: string | undefined): void {
    this.count += 1;
    const now = this.clock.now();
    const messageId = `message-${this.count}`;
    this.messages.set(messageId, {
      messageId,
      body,
      sentAt: now,
      group,
      visibleAt: now + delayMs,
      receiveCount: 0,
      receiptHandle: undefined,
    });
  }
}
