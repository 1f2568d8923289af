import { cancelJob, retryJob } from '../../../lib/pipeline/index.ts';
import { publishAfter } from '../../../lib/telemetry/index.ts';
import { strikeProcess } from './process-faults.ts';
import type { World } from './world.ts';

const TRIES = 4;
const RETRY_MS = 5_000;

const SHARE_CANCELED = 0.3;

/** Some jobs are canceled, by those who submitted them, within a time of all magnitudes. */
export function cancelSome(world: World, name: string, id: string, withinMs: number): void {
  if (world.faults.detail(`${name}/canceled`) < SHARE_CANCELED) {
    world.later(withinMs ** world.faults.detail(`${name}/cancel`), () => steer(world, 'cancel', id));
  }
}

/** Somebody cancels or retries a job, and tries again when there is no answer. */
export function steer(world: World, wish: 'cancel' | 'retry', id: string, tries = TRIES): void {
  const process = world.startProcess('person');
  world.ledger.wishes.set(process, { kind: wish, id });
  const again = (): void => {
    if (tries > 1) {
      world.later(RETRY_MS, () => steer(world, wish, id, tries - 1));
    }
  };
  strikeProcess(world, process);
  const act = publishAfter(world.meter.metricsOf(process), wish === 'cancel' ? cancelJob : retryJob);
  world.scheduler.follow(
    act(world.portsOf(process), id).then(
      ({ kind }) => {
        world.trace.add(`${wish} ${id} ${kind}`);
        world.meter.finish(process);
        process.die();
      },
      () => {
        process.die();
        again();
      },
    ),
  );
}
