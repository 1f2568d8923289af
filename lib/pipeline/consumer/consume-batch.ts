import { AccessError, parseMessage, type RunningJob } from '../../core/index.ts';
import { orderItems } from './order-items.ts';
import type { ConsumerPorts, Delivery, Invocation } from './ports.ts';
import { runHandler } from './run-handler.ts';
import { type Settlement, settleRun } from './settle-run.ts';
import type { Item, Start } from './start.ts';
import { type StartOptions, startJobs } from './start-job.ts';
import { handBack } from './turn-away.ts';

export interface BatchResult {
  /** Message ids that the queue must keep; every other message of the batch may be deleted. */
  readonly failedMessageIds: readonly string[];
  /** A handler lives on against its signal: delete what is done, then end the process before anything else begins. */
  readonly mustExit: boolean;
}

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
  return await new Batch(ports, invocation).process(deliveries);
}

/** What a job may count on when it starts. */
type Place = Omit<StartOptions, 'first'>;

const ALONE: Place = { solo: true, suspectsWait: false };

/** One batch on its way: what is kept, what must wait for its turn alone, and whether the process may go on afterwards. */
class Batch {
  private readonly ports: ConsumerPorts;
  private readonly invocation: Invocation;
  private readonly kept = new Set<string>();
  private readonly unreachable: AccessError[] = [];
  private readonly alone: Item[] = [];
  private started = false;
  private mustExit = false;

  constructor(ports: ConsumerPorts, invocation: Invocation) {
    this.ports = ports;
    this.invocation = invocation;
  }

  async process(deliveries: readonly Delivery[]): Promise<BatchResult> {
    const items = await this.read(deliveries);
    const { first, others } = await orderItems(this.ports, items);
    await this.runAlone(first);
    await this.runTogether(others);
    await this.runAlone(this.alone);
    const [error] = this.unreachable;
    // A handler that lives on must end with its process, which a throw would not tell.
    if (error !== undefined && this.unreachable.length === items.length && !this.mustExit) {
      throw new AccessError(error.code, 'The jobs table could not be reached for any message of the batch.', {
        cause: error,
      });
    }
    return { failedMessageIds: [...this.kept], mustExit: this.mustExit };
  }

  private async read(deliveries: readonly Delivery[]): Promise<readonly Item[]> {
    const items: Item[] = [];
    const unreadable: Delivery[] = [];
    for (const delivery of deliveries) {
      const message = parseMessage(delivery.body);
      if (message === undefined) {
        this.ports.telemetry.noticed('PoisonMessages', { messageId: delivery.messageId, reason: 'unreadable' });
        unreadable.push(delivery);
      } else {
        items.push({ delivery, message });
      }
    }
    await this.poison(unreadable);
    return items;
  }

  /** One after the other, nothing beside it. */
  private async runAlone(items: readonly Item[]): Promise<void> {
    for (const item of items) {
      await this.startAndRun([item], ALONE);
    }
  }

  /** The first wave is claimed in one call; then each that ends makes room for the next. */
  private async runTogether(items: readonly Item[]): Promise<void> {
    const { batchConcurrency } = this.ports;
    const place = { solo: items.length === 1 || batchConcurrency === 1, suspectsWait: items.length > 1 };
    const waiting = items.slice(batchConcurrency);
    const takeNext = async (): Promise<void> => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        await this.startAndRun([next], place);
      }
    };
    await this.startAndRun(items.slice(0, batchConcurrency), place, takeNext);
  }

  private async startAndRun(
    items: readonly Item[],
    place: Place,
    afterEach = async (): Promise<void> => {},
  ): Promise<void> {
    if (items.length === 0) {
      return;
    }
    const starts = await this.start(items, place);
    await Promise.all(
      items.map(async (item, index) => {
        await this.give(item, starts[index] ?? { kind: 'keep' });
        await afterEach();
      }),
    );
  }

  private async start(items: readonly Item[], place: Place): Promise<readonly Start[]> {
    return this.mustExit || this.invocation.stop?.aborted === true
      ? await Promise.all(items.map((item) => handBack(this.ports, item)))
      : await this.claim(items, place);
  }

  /** The first job of the invocation starts however little time is left; while one tries to be it, no other does. */
  private async claim(items: readonly Item[], place: Place): Promise<readonly Start[]> {
    const first = !this.started;
    this.started = true;
    const starts = await startJobs(this.ports, items, this.invocation, { ...place, first });
    if (first) {
      this.started = starts.some(({ kind }) => kind === 'run');
    }
    return starts;
  }

  /** Gives a message its verdict; for a started job, after its run. */
  private async give(item: Item, start: Start): Promise<void> {
    switch (start.kind) {
      case 'acknowledge':
        return;
      case 'alone':
        this.alone.push(item);
        return;
      case 'poison':
        await this.poison([item.delivery]);
        return;
      case 'keep':
        this.keep(item, start.unreachable);
        return;
      case 'run': {
        const settlement = await this.runAndSettle(start.job);
        if (settlement.kind !== 'recorded') {
          this.keep(item, settlement.kind === 'unreachable' ? settlement.error : undefined);
        }
        return;
      }
    }
  }

  private keep({ delivery }: Item, unreachable: AccessError | undefined): void {
    this.kept.add(delivery.messageId);
    if (unreachable !== undefined) {
      this.unreachable.push(unreachable);
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
      return { kind: 'unrecorded' };
    }
  }

  /** Kept and visible at once, so that the queue soon gives it up. Best effort: it also comes back by itself. */
  private async poison(deliveries: readonly Delivery[]): Promise<void> {
    if (deliveries.length === 0) {
      return;
    }
    for (const { messageId } of deliveries) {
      this.kept.add(messageId);
    }
    try {
      await this.ports.inbox.release(deliveries.map(({ receiptHandle }) => receiptHandle));
    } catch (error) {
      this.ports.logger.warn('Poison messages could not be made visible; they come back later', { error });
    }
  }
}
