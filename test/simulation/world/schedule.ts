import { produce } from '../../../lib/pipeline/index.ts';
import { publishAfter } from '../../../lib/telemetry/index.ts';
import { type FaultKind, MAX_SKEW_MS } from '../faults/fault-kinds.ts';
import { invoke } from './invocation.ts';
import type { World } from './world.ts';

const MINUTE_MS = 60_000;
/** Of each minute. */
const TICK_MS = 7_000;
/** Longer than a message is on its way. */
const LONGEST_WAIT_MS = 100;
/** Shorter than most runs. */
const A_MOMENT_MS = 10;
export const QUEUE_DEPTH_CAP = 1_000;

/** Invokes the producer every minute. */
export function startSchedule(world: World): void {
  new Schedule(world);
}

/** The schedule that invokes the producer, and what befalls an installation once in a while. */
class Schedule {
  private readonly world: World;
  private minutes = 0;
  /** They wait for the moment at which they hurt: a message is about to be sent, or several consumers are at work. */
  private willPurge = false;
  private willKill = false;

  constructor(world: World) {
    this.world = world;
    const { scheduler, faults } = world;
    world.observe({
      onWrite: ({ after: { status } }) => {
        if (this.willPurge && status === 'dispatched') {
          this.willPurge = false;
          scheduler.after(LONGEST_WAIT_MS ** faults.detail(`purge#${this.minutes}`), () => this.purge());
        }
        return undefined;
      },
      onStart: () => {
        if (this.willKill && world.processes('consumer').length >= Math.min(2, world.options.concurrency)) {
          this.willKill = false;
          scheduler.after(faults.detail(`kill#${this.minutes}`) * A_MOMENT_MS, () => this.killConsumers());
        }
        return undefined;
      },
    });
    scheduler.after(0, () => this.begin());
  }

  private begin(): void {
    const { faults, scheduler } = this.world;
    const name = `minute#${this.minutes}`;
    this.minutes += 1;
    scheduler.after(MINUTE_MS, () => this.begin());
    const struck = faults.strikeAll('minute', name);
    this.willPurge ||= struck.has('purged');
    this.willKill ||= struck.has('consumers-killed');
    scheduler.after(TICK_MS, () => this.tick(name, struck));
  }

  private tick(name: string, struck: ReadonlySet<FaultKind>): void {
    const { faults, scheduler } = this.world;
    if (!this.hasWork()) {
      return;
    }
    if (struck.has('tick-missing')) {
      faults.effects.add('tick-missing');
      return;
    }
    this.invoke();
    if (struck.has('tick-doubled')) {
      faults.effects.add('tick-doubled');
      scheduler.after(faults.detail(`${name}/double`) * 1_000, () => this.invoke());
    }
  }

  private purge(): void {
    const { faults, queue, trace } = this.world;
    if (queue.queue.size() > 0) {
      faults.effects.add('purged');
    }
    trace.add('purge');
    queue.queue.purge();
  }

  private killConsumers(): void {
    const consumers = this.world.processes('consumer');
    if (consumers.length > 1 && consumers.some((process) => this.world.ledger.isAtWork(process))) {
      this.world.faults.effects.add('consumers-killed');
    }
    for (const process of consumers) {
      process.die();
    }
  }

  /** A producer that finds nothing does nothing, so time may skip it: nothing is due yet by any clock there is. */
  private hasWork(): boolean {
    const { ledger, index, scheduler, faults } = this.world;
    return (
      Math.min(ledger.earliestNextAt(), index.earliestLive()) <=
      scheduler.now + (faults.mayStrike('clock') ? MAX_SKEW_MS : 0)
    );
  }

  private invoke(): void {
    const { world } = this;
    const process = world.startProcess('producer');
    const { queueDepthCap = QUEUE_DEPTH_CAP } = world.options;
    const metrics = world.meter.metricsOf(process);
    invoke(world, process, {
      call: publishAfter(metrics, ({ getRemainingTimeInMillis }) =>
        produce({
          ...world.portsOf(process),
          queueDepthCap,
          stayAwake: false,
          deadline: process.clock.now() + getRemainingTimeInMillis(),
          onPage: metrics.publish,
        }),
      ),
      onEnd: () => {},
    });
  }
}
