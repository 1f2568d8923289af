import type { ReceivedMessage } from '../../../lib/memory/index.ts';
import { invokeConsumer } from './consumer.ts';
import type { Process } from './process.ts';
import { jobIdOf } from './sqs-event.ts';
import type { World } from './world.ts';

const RETRY_RECEIVE_MS = 5_000;
/** After a function error polling backs off. */
const ERROR_PAUSE_MS = 1_000;

/** Connects the queue with the consumer. */
export function startEventSource(world: World): void {
  const eventSource = new EventSource(world);
  world.queue.onVisible = (afterMs) => world.scheduler.after(afterMs, () => eventSource.poll());
}

/** What Lambda does between the queue and the consumer: receives, invokes, deletes what the answer does not name. */
class EventSource {
  private readonly world: World;
  private running = 0;
  private pausedUntil = 0;
  private receives = 0;

  constructor(world: World) {
    this.world = world;
  }

  /** Receives as long as there is room for an invocation and something to receive. */
  poll(): void {
    const { world } = this;
    const { concurrency } = world.options;
    while (this.running < concurrency && world.scheduler.now >= this.pausedUntil) {
      const name = `receive#${this.receives}`;
      if (world.faults.strikeAll('receive-call', name).size > 0) {
        if (world.queue.queue.size() > 0) {
          world.faults.effects.add('receive-refused');
        }
        this.receives += 1;
        world.scheduler.after(RETRY_RECEIVE_MS, () => this.poll());
        return;
      }
      const messages = world.queue.receive();
      if (messages.length === 0) {
        return;
      }
      this.receives += 1;
      this.take(name, messages);
    }
  }

  private take(name: string, messages: readonly ReceivedMessage[]): void {
    const { world } = this;
    const { faults, scheduler, queue } = world;
    const struck = faults.strikeAll('receive', name);
    world.trace.add(`${name} ${messages.map(({ body, receiveCount }) => `${body}*${receiveCount}`).join(' ')}`);
    const handles = messages.map(({ receiptHandle }) => receiptHandle);
    if (struck.has('visible-early')) {
      scheduler.after(faults.detail(`${name}/early`) ** 2 * world.options.timeoutMs, () => {
        if (this.running > 0) {
          faults.effects.add('visible-early');
        }
        queue.release(handles);
      });
    }
    for (const kind of ['receive-lost', 'invoke-throttled'] as const) {
      if (struck.has(kind)) {
        faults.effects.add(kind);
        return;
      }
    }
    this.invoke(messages, struck.has('delete-lost'));
  }

  private invoke(messages: readonly ReceivedMessage[], isAnswerLost: boolean): void {
    const { world } = this;
    this.running += 1;
    const process = invokeConsumer(world, messages, (answer, consumer) => {
      this.running -= 1;
      if (answer === undefined) {
        this.pausedUntil = world.scheduler.now + ERROR_PAUSE_MS;
        world.scheduler.after(ERROR_PAUSE_MS, () => this.poll());
      } else if (!isAnswerLost) {
        const kept = new Set(answer.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
        this.delete(consumer, messages, kept);
      } else if (answer.batchItemFailures.length < messages.length) {
        world.faults.effects.add('delete-lost');
      }
      this.poll();
    });
    if (world.options.alterations?.deletesOnReceive === true) {
      this.delete(process, messages, new Set());
    }
  }

  private delete(process: Process, messages: readonly ReceivedMessage[], kept: ReadonlySet<string>): void {
    const { world } = this;
    const { keeps } = world.options.alterations ?? {};
    const isDone = (message: ReceivedMessage): boolean =>
      !kept.has(message.messageId) && keeps?.(jobIdOf(message), world) !== true;
    const left = new Set(messages.filter((message) => !isDone(message)).map(jobIdOf));
    const done = messages.filter(isDone);
    const again = new Set(done.filter(({ receiveCount }) => receiveCount > 1).map(jobIdOf));
    world.acknowledgeMessages(process, new Set(done.map(jobIdOf).filter((id) => !left.has(id))), again);
    world.queue.acknowledge(done.map(({ receiptHandle }) => receiptHandle));
  }
}
