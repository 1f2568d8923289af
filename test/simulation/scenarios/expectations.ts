import { START_AT } from '../kernel/scheduler.ts';
import type { World } from '../world/world.ts';

/** Without a single fault, all must be over by then. */
export function endsWithin(world: World, ms: number): string | undefined {
  const tookMs = world.scheduler.now - START_AT;
  return world.faults.struck.length === 0 && tookMs > ms
    ? `I13: it took ${tookMs} ms until all was over, without any fault; ${ms} should do`
    : undefined;
}
