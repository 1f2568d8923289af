import { AccessError } from '../../../lib/core/index.ts';
import type { ReceivedMessage } from '../../../lib/memory/index.ts';
import type { FaultKind } from '../../simulation/faults/fault-kinds.ts';
import { invokeConsumer } from '../../simulation/world/consumer.ts';
import type { Process } from '../../simulation/world/process.ts';
import { jobIdOf } from '../../simulation/world/sqs-event.ts';
import type { EngineWorld } from './engine-world.ts';

const RETRY_RECEIVE_MS = 5_000;
/** After a function error polling backs off. */
const ERROR_PAUSE_MS = 1_000;

/** Connects the queue of the engine with the consumer. */
export function startEngineEventSource(world: EngineWorld): void {
  const eventSource = new EngineEventSource(world);
  world.queue.onVisible = (afterMs) => world.scheduler.after(afterMs, () => eventSource.poll());
}

/** What Lambda does between the queue and the consumer, over HTTP: receives, invokes, deletes what the answer does not name. */
class EngineEventSource {
  private readonly world: EngineWorld;
  /** Invocations, and receives that may become one. */
  private running = 0;
  private pausedUntil = 0;
  private receives = 0;

  constructor(world: EngineWorld) {
    this.world = world;
  }

  /** Receives as long as there is room for an invocation and something to receive. */
  poll(): void {
    const { world } = this;
    if (this.running >= world.options.concurrency || world.scheduler.now < this.pausedUntil) {
      return;
    }
    const name = `receive#${this.receives}`;
    this.receives += 1;
    this.running += 1;
    const [refused] = world.faults.strikeAll('receive-call', name);
    const struck = world.faults.strikeAll('receive', name);
    const kind = refused ?? (struck.has('receive-lost') ? 'receive-lost' : undefined);
    world.scheduler.follow(this.receive(name, kind), (messages) => {
      if (messages === undefined) {
        this.running -= 1;
        world.scheduler.after(RETRY_RECEIVE_MS, () => this.poll());
      } else if (messages.length === 0) {
        this.running -= 1;
      } else {
        this.take(name, messages, struck);
        this.poll();
      }
    });
  }

  /** Resolves with undefined when there was no answer. */
  private async receive(name: string, kind: FaultKind | undefined): Promise<readonly ReceivedMessage[] | undefined> {
    const { network, engineQueue } = this.world;
    const fates = network.fatesOf(name, 'receive', kind);
    const answer = await network.call(name, 'receive', fates, () => answered(engineQueue.receive()));
    return answer.kind === 'answered' ? answer.value : undefined;
  }

  private take(name: string, messages: readonly ReceivedMessage[], struck: ReadonlySet<FaultKind>): void {
    const { scheduler, faults, options, engineQueue } = this.world;
    if (struck.has('visible-early')) {
      const handles = messages.map(({ receiptHandle }) => receiptHandle);
      scheduler.after(faults.detail(`${name}/early`) ** 2 * options.timeoutMs, () => engineQueue.release(handles));
    }
    if (struck.has('invoke-throttled')) {
      this.running -= 1;
      return;
    }
    this.invoke(name, messages, struck.has('delete-lost'));
  }

  private invoke(name: string, messages: readonly ReceivedMessage[], isDeleteLost: boolean): void {
    const { world } = this;
    invokeConsumer(world, messages, (answer, process) => {
      this.running -= 1;
      if (answer === undefined) {
        this.pausedUntil = world.scheduler.now + ERROR_PAUSE_MS;
        world.scheduler.after(ERROR_PAUSE_MS, () => this.poll());
        return;
      }
      const kept = new Set(answer.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
      const done = messages.filter(({ messageId }) => !kept.has(messageId));
      world.scheduler.follow(this.delete(name, process, messages, done, isDeleteLost), () => this.poll());
    });
  }

  private async delete(
    name: string,
    process: Process,
    messages: readonly ReceivedMessage[],
    done: readonly ReceivedMessage[],
    isLost: boolean,
  ): Promise<void> {
    const { world } = this;
    if (done.length === 0) {
      return;
    }
    const left = new Set(messages.filter((message) => !done.includes(message)).map(jobIdOf));
    const again = new Set(done.filter(({ receiveCount }) => receiveCount > 1).map(jobIdOf));
    world.acknowledgeMessages(process, new Set(done.map(jobIdOf).filter((id) => !left.has(id))), again);
    const handles = done.map(({ receiptHandle }) => receiptHandle);
    const fates = world.network.fatesOf(name, 'delete', isLost ? 'request-lost' : undefined);
    await world.network.call(name, 'delete', fates, () => answered(world.engineQueue.delete(handles)));
  }
}

/** Whatever the client makes of a planted fault, there was no answer. */
async function answered<Value>(work: Promise<Value>): Promise<Value> {
  try {
    return await work;
  } catch (cause) {
    throw new AccessError('unavailable', 'The queue did not answer.', { cause });
  }
}
