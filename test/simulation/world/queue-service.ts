import {
  AccessError,
  type DeadLetter,
  encodeMessage,
  type Inbox,
  type JobQueue,
  type OutgoingMessage,
  type SendResult,
} from '../../../lib/core/index.ts';
import { createMemoryJobQueue, type MemoryJobQueue, type ReceivedMessage } from '../../../lib/memory/index.ts';
import type { FaultSource } from '../faults/fault-source.ts';
import type { Scheduler } from '../kernel/scheduler.ts';
import type { Trace } from '../kernel/trace.ts';
import type { Network } from './network.ts';
import type { Process } from './process.ts';

/** What one request may carry. */
const BATCH = 10;
const MAX_MESSAGE_DELAY_MS = 120_000;

export interface QueueServiceOptions {
  readonly scheduler: Scheduler;
  readonly faults: FaultSource;
  readonly trace: Trace;
  readonly network: Network;
  readonly visibilityTimeoutMs: number;
  readonly maxReceiveCount: number;
  readonly onDeadLetter: (letter: DeadLetter, by: Process) => void;
}

/** The queue and its dead-letter queue, with what can happen to messages on their way. */
export class QueueService {
  readonly queue: MemoryJobQueue;
  /** Told that there will be something to receive. */
  onVisible: (afterMs: number) => void = () => {};
  /** Messages that were accepted and cannot be seen in the queue yet. */
  underWay = 0;
  private readonly options: QueueServiceOptions;

  constructor(options: QueueServiceOptions) {
    this.options = options;
    const { scheduler, visibilityTimeoutMs, maxReceiveCount } = options;
    this.queue = createMemoryJobQueue({
      clock: { now: () => scheduler.now, sleep: () => Promise.resolve() },
      visibilityTimeoutMs,
      maxReceiveCount,
    });
  }

  receive(): readonly ReceivedMessage[] {
    const received = this.queue.receive(BATCH);
    if (received.length > 0) {
      this.onVisible(this.options.visibilityTimeoutMs);
    }
    return received;
  }

  /** Shows messages again although whoever received them may still be at work. */
  release(receiptHandles: readonly string[]): void {
    // Done when the call returns.
    this.options.scheduler.follow(this.queue.release(receiptHandles));
    this.onVisible(0);
  }

  acknowledge(receiptHandles: readonly string[]): void {
    this.options.scheduler.follow(this.queue.acknowledge(receiptHandles));
  }

  portOf(process: Process): JobQueue & Inbox {
    const { network } = this.options;
    const batches = async <Entry>(
      method: string,
      entries: readonly Entry[],
      idOf: (entry: Entry) => string,
      take: (entry: Entry, name: string) => SendResult,
    ): Promise<readonly SendResult[]> => {
      const chunks = Array.from({ length: Math.ceil(entries.length / BATCH) }, (_, index) =>
        entries
          .slice(index * BATCH, (index + 1) * BATCH)
          .map((entry) => ({ entry, name: process.nextName('message') })),
      );
      const answers = await Promise.all(
        chunks.map(async (chunk) => {
          const answer = await network.request(process, {
            method,
            about: chunk.map(({ entry }) => idOf(entry)).join(' '),
            execute: async () => chunk.map(({ entry, name }) => take(entry, name)),
          });
          return answer.kind === 'answered'
            ? answer.value
            : chunk.map((): SendResult => ({ kind: 'error', error: answer.error }));
        }),
      );
      return answers.flat();
    };
    // Best effort, so that nobody hears of a failure.
    const inform = async (method: string, handles: readonly string[], execute: () => Promise<void>): Promise<void> => {
      await network.request(process, { method, about: `${handles.length}`, execute });
    };
    return {
      send: (messages) =>
        batches(
          'send',
          messages,
          ({ message }) => message.id,
          (entry, name) => this.take(entry, name),
        ),
      sendDeadLetters: (letters) =>
        batches(
          'sendDeadLetters',
          letters,
          ({ message }) => message.id,
          (letter, name) => this.takeDead(letter, name, process),
        ),
      depth: async () => {
        const answer = await network.request(process, {
          method: 'depth',
          about: '',
          execute: () => this.queue.depth(),
        });
        if (answer.kind === 'unavailable') {
          throw answer.error;
        }
        return answer.value;
      },
      acknowledge: (handles) => inform('acknowledge', handles, () => this.queue.acknowledge(handles)),
      release: (handles) =>
        inform('release', handles, async () => {
          this.release(handles);
        }),
    };
  }

  private take(outgoing: OutgoingMessage, name: string): SendResult {
    const { faults, scheduler } = this.options;
    const struck = faults.strikeAll('message', name);
    for (const kind of struck) {
      if (kind !== 'message-early' || outgoing.delayMs > 0) {
        faults.effects.add(kind);
      }
    }
    if (struck.has('entry-refused')) {
      return { kind: 'error', error: new AccessError('unavailable', `Planted: ${name} was refused.`) };
    }
    const delayMs = struck.has('message-early') ? 0 : outgoing.delayMs;
    const copies = struck.has('message-lost') ? 0 : struck.has('message-doubled') ? 2 : 1;
    for (let copy = 0; copy < copies; copy += 1) {
      const lateMs = struck.has('message-delayed') ? faults.detail(`${name}/late/${copy}`) * MAX_MESSAGE_DELAY_MS : 0;
      if (lateMs === 0) {
        this.enqueue({ ...outgoing, delayMs });
      } else {
        this.underWay += 1;
        scheduler.after(lateMs, () => {
          this.underWay -= 1;
          this.enqueue({ ...outgoing, delayMs: Math.max(0, delayMs - lateMs) });
        });
      }
    }
    return { kind: 'sent' };
  }

  private takeDead(letter: DeadLetter, name: string, by: Process): SendResult {
    const struck = this.options.faults.strikeAll('message', name);
    if (struck.has('entry-refused')) {
      return { kind: 'error', error: new AccessError('unavailable', `Planted: ${name} was refused.`) };
    }
    for (let copies = struck.has('message-doubled') ? 2 : 1; copies > 0; copies -= 1) {
      this.options.scheduler.follow(this.queue.sendDeadLetters([letter]));
    }
    this.options.onDeadLetter(letter, by);
    return { kind: 'sent' };
  }

  private enqueue(outgoing: OutgoingMessage): void {
    this.options.trace.add(`message ${encodeMessage(outgoing.message)} in ${outgoing.delayMs}`);
    this.options.scheduler.follow(this.queue.send([outgoing]));
    // A queue rounds delays up to seconds.
    this.onVisible(Math.ceil(outgoing.delayMs / 1_000) * 1_000);
  }
}
