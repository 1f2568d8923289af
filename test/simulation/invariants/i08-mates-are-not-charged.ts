import type { Observer } from '../world/observed.ts';
import type { World } from '../world/world.ts';

/** I8: a crash is charged only to a run beside which no other ran when its process died. */
export function matesAreNotCharged(world: World): Observer {
  return {
    onWrite: ({ event, before, after }) => {
      if (event !== 'lease-ended' || before === undefined || after.crashes === before.crashes) {
        return undefined;
      }
      const beside = world.ledger.runOf(after.id, after.attempt)?.diedAmong ?? [];
      return beside.length > 0
        ? `I8: ${after.id} was charged with the crash of attempt ${after.attempt}, beside which ran ${beside.join(', ')}`
        : undefined;
    },
  };
}
