import { produce } from '../../../lib/pipeline/index.ts';
import { MAX_SKEW_MS } from '../faults/fault-kinds.ts';
import { invoke } from './invocation.ts';
import type { World } from './world.ts';

const MINUTE_MS = 60_000;
const FIRST_TICK_MS = 7_000;
const QUEUE_DEPTH_CAP = 1_000;

/** Invokes the producer every minute. */
export function startSchedule(world: World): void {
  new Schedule(world);
}

/** The schedule that invokes the producer, and what befalls an installation once in a while. */
class Schedule {
  private readonly world: World;
  private minutes = 0;

  constructor(world: World) {
    this.world = world;
    world.scheduler.after(FIRST_TICK_MS, () => this.tick());
  }

  private tick(): void {
    const { world } = this;
    const { faults, scheduler } = world;
    const name = `minute#${this.minutes}`;
    this.minutes += 1;
    scheduler.after(MINUTE_MS, () => this.tick());
    const struck = faults.strikeAll('minute', name);
    if (struck.has('purged')) {
      world.trace.add('purge');
      world.queue.queue.purge();
    }
    if (struck.has('consumers-killed')) {
      for (const process of world.processes('consumer')) {
        process.die();
      }
    }
    if (struck.has('tick-missing') || !this.hasWork()) {
      return;
    }
    this.invoke();
    if (struck.has('tick-doubled')) {
      scheduler.after(faults.detail(`${name}/double`) * 1_000, () => this.invoke());
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
    world.producerTicks += 1;
    invoke(world, process, {
      call: async ({ getRemainingTimeInMillis }) =>
        await produce({
          ...world.portsOf(process),
          queueDepthCap,
          stayAwake: false,
          deadline: process.clock.now() + getRemainingTimeInMillis(),
        }),
      onEnd: () => {},
    });
  }
}
