import type { AcceptedWrite, Observer } from '../world/observed.ts';
import type { Process } from '../world/process.ts';
import type { World } from '../world/world.ts';
import { isStruck } from './is-struck.ts';

/**
 * I8: only a run whose process something befell loses its lease; it is charged with one crash at most, and with nothing at all, nor
 * with its end, if another ran beside it.
 */
export function matesAreNotCharged(world: World): Observer {
  const claimers = new Map<string, Process>();
  return {
    onWrite: ({ event, by, before, after }) => {
      const run = `${after.id}/${after.attempt}`;
      if (event === 'claim' && by !== undefined) {
        claimers.set(run, by);
      }
      if (event !== 'lease-ended' || before === undefined) {
        return undefined;
      }
      const claimer = claimers.get(run);
      const isWellTimed = by?.skewMs === 0 && claimer !== undefined;
      return isWellTimed && claimer.isAlive && !isStruck(world, claimer)
        ? `I8: the lease of attempt ${after.attempt} of ${after.id} ended, but nothing befell ${claimer.name}, which is at it`
        : findCharge(world, before, after);
    },
  };
}

function findCharge(
  { ledger }: World,
  before: NonNullable<AcceptedWrite['before']>,
  after: AcceptedWrite['after'],
): string | undefined {
  const run = ledger.runOf(after.id, after.attempt);
  const beside = run === undefined ? [] : ledger.besideOf(run);
  const [failures, crashes] = [after.failures - before.failures, after.crashes - before.crashes];
  if (failures !== 0 || crashes > 1) {
    return `I8: ${after.id} was charged with ${failures} failures and ${crashes} crashes for the one end of a lease`;
  }
  return beside.length > 0 && (crashes > 0 || after.status === 'failed')
    ? `I8: ${after.id} was made ${after.status} with ${crashes} more crashes, beside which ran ${beside.join(', ')}`
    : undefined;
}
