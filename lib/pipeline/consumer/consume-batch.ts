import { AccessError, parseMessage, type RunningJob } from '../../core/index.ts';
import type { ConsumerPorts, Delivery, Invocation } from './ports.ts';
import { runHandler } from './run-handler.ts';
import { type Settlement, settleRun } from './settle-run.ts';
import { handBack, type Item, type Start, startJobs } from './start-job.ts';

export interface BatchResult {
  /** Message ids that the queue must keep; every other message of the batch may be deleted. */
  readonly failedMessageIds: readonly string[];
  /** A handler lives on against its signal: delete what is done, then end the process before anything else begins. */
  readonly mustExit: boolean;
}

/** Handed back this often, a job may be one that must run alone and never gets its turn: it goes first. */
const BACK_BEFORE_FIRST = 2;

/**
 * Processes one batch of messages: claims just before each handler starts, at most `batchConcurrency` at a time, then those
 * that must run alone, one after the other. Every message gets exactly one verdict, whatever happens.
 *
 * @throws AccessError when the table could not be reached for any of the messages, so that polling backs off.
 */
export async function consumeBatch(
  ports: ConsumerPorts,
  deliveries: readonly Delivery[],
  invocation: Invocation,
): Promise<BatchResult> {
  return new Batch(ports, invocation).process(deliveries);
}

class Batch {
  private readonly ports: ConsumerPorts;
  private readonly invocation: Invocation;
  private readonly kept = new Set<string>();
  private readonly poisoned: Delivery[] = [];
  private readonly alone: Item[] = [];
  private unreachable = 0;
  private started = false;
  private mustExit = false;

  constructor(ports: ConsumerPorts, invocation: Invocation) {
    this.ports = ports;
    this.invocation = invocation;
  }

  async process(deliveries: readonly Delivery[]): Promise<BatchResult> {
    const items = deliveries.flatMap((delivery) => this.read(delivery));
    const first = items.filter(({ message }) => (message.back ?? 0) >= BACK_BEFORE_FIRST);
    const others = items.filter((item) => !first.includes(item));
    await this.runAlone(first);
    await this.runTogether(others);
    await this.runAlone(this.alone);
    if (items.length > 0 && this.unreachable === items.length) {
      throw new AccessError('unavailable', 'The jobs table could not be reached for any message of the batch.');
    }
    await this.ports.inbox.release(this.poisoned.map(({ receiptHandle }) => receiptHandle));
    return { failedMessageIds: [...this.kept], mustExit: this.mustExit };
  }

  private read(delivery: Delivery): readonly Item[] {
    const message = parseMessage(delivery.body);
    if (message === undefined) {
      this.ports.telemetry.noticed('PoisonMessages', { messageId: delivery.messageId, reason: 'unreadable' });
      this.poison(delivery);
      return [];
    }
    return [{ delivery, message }];
  }

  /** One after the other, nothing beside it. */
  private async runAlone(items: readonly Item[]): Promise<void> {
    for (const item of items) {
      await this.startAndRun([item], true);
    }
  }

  /** The first wave is claimed in one call; then each that ends makes room for the next. */
  private async runTogether(items: readonly Item[]): Promise<void> {
    const { batchConcurrency } = this.ports;
    const solo = items.length === 1 || batchConcurrency === 1;
    const waiting = items.slice(batchConcurrency);
    const takeNext = async (): Promise<void> => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        await this.startAndRun([next], solo);
      }
    };
    await this.startAndRun(items.slice(0, batchConcurrency), solo, takeNext);
  }

  private async startAndRun(
    items: readonly Item[],
    solo: boolean,
    afterEach = async (): Promise<void> => {},
  ): Promise<void> {
    if (this.mustExit || this.invocation.stop?.aborted === true) {
      await Promise.all(items.map(async (item) => this.give(item, await handBack(this.ports, item))));
      return afterEach();
    }
    const starts = await startJobs(this.ports, items, this.invocation, { solo, first: !this.started });
    this.started ||= starts.some(({ kind }) => kind === 'run');
    await Promise.all(
      items.map(async (item, index) => {
        await this.give(item, starts[index] ?? { kind: 'keep', unreachable: true });
        await afterEach();
      }),
    );
  }

  /** Gives a message its verdict; for a started job, after its run. */
  private async give(item: Item, start: Start): Promise<void> {
    const { messageId } = item.delivery;
    switch (start.kind) {
      case 'acknowledge':
        return;
      case 'alone':
        this.alone.push(item);
        return;
      case 'poison':
        this.poison(item.delivery);
        return;
      case 'keep':
        this.kept.add(messageId);
        this.unreachable += start.unreachable ? 1 : 0;
        return;
      case 'run':
        if ((await this.runAndSettle(start.job)) === 'unrecorded') {
          this.kept.add(messageId);
        }
        return;
    }
  }

  /** One job's trouble must not become its batch mates': whatever is thrown here ends here. */
  private async runAndSettle(job: RunningJob): Promise<Settlement> {
    try {
      const outcome = await runHandler(this.ports, job, this.invocation);
      if (outcome.abandoned) {
        this.mustExit = true;
        this.ports.telemetry.noticed('AbandonedHandlers', { jobId: job.id, attempt: job.attempt });
      }
      return await settleRun(this.ports, job, outcome.event, this.invocation);
    } catch (error) {
      this.ports.logger.error('A run could not be brought to its end', { jobId: job.id, attempt: job.attempt, error });
      return 'unrecorded';
    }
  }

  private poison(delivery: Delivery): void {
    this.kept.add(delivery.messageId);
    this.poisoned.push(delivery);
  }
}
