import type { Observer } from '../world/observed.ts';
import type { Process } from '../world/process.ts';
import type { World } from '../world/world.ts';
import { isStruck } from './is-struck.ts';

const FIRST_GRACE_MS = 60_000;
const LAST_GRACE_MS = 3_600_000;
/** On its way to the table a write is overtaken by no more than this, where nothing strikes. */
const TOLERANCE_MS = 100;

/** I13: a message that nobody answers is sent again after a minute at the earliest, then after two, four and so on up to an hour. */
export function gracesDouble(world: World): Observer {
  const sent = new Map<string, { readonly at: number; readonly by: Process | undefined; readonly graceMs: number }>();
  return {
    onWrite: ({ at, by, event, before, after }) => {
      const last = sent.get(after.id);
      sent.delete(after.id);
      if (after.status !== 'dispatched' || event === 'send-failed' || event === 'raw-put') {
        return undefined;
      }
      const isAgain = event === 'dispatch' && before?.status === 'dispatched' && last !== undefined;
      const graceMs = isAgain ? Math.min(last.graceMs * 2, LAST_GRACE_MS) : FIRST_GRACE_MS;
      sent.set(after.id, { at, by, graceMs });
      const isTooSoon = isAgain && at - last.at < last.graceMs - TOLERANCE_MS;
      return isTooSoon && [by, last.by].every((one) => one !== undefined && !isStruck(world, one))
        ? `I13: ${by?.name} sent ${after.id} again after ${at - last.at} ms, ${last.graceMs} is its grace`
        : undefined;
    },
  };
}
