import type { Observer } from '../world/observed.ts';
import type { Process } from '../world/process.ts';
import type { World } from '../world/world.ts';

/**
 * I12: what was claimed has exactly one outcome, however sends and settlements were cut up, and the message that started a run
 * is deleted only once that outcome is in the table.
 */
export function eachOutcomeOnce(world: World): Observer {
  const open = new Map<string, Process | undefined>();
  const closed = new Set<string>();
  const given = new Map<Process, Set<string>>();
  return {
    onWrite: ({ event, by, before, after }) => {
      if (event === 'claim') {
        if (by !== undefined && given.get(by)?.has(after.id) === true) {
          return `I12: ${by.name} claimed ${after.id} after it had given its message away`;
        }
        open.set(`${after.id}/${after.attempt}`, by);
        return undefined;
      }
      if (before?.status !== 'running' || after.status === 'running') {
        return undefined;
      }
      const run = `${after.id}/${before.attempt}`;
      if (closed.has(run)) {
        return `I12: attempt ${before.attempt} of ${after.id} has two outcomes, the second by ${event}`;
      }
      open.delete(run);
      closed.add(run);
      return undefined;
    },
    onMessagesDeleted: (process, jobIds) => {
      given.set(process, new Set([...(given.get(process) ?? []), ...jobIds]));
      for (const id of jobIds) {
        const run = `${id}/${world.ledger.records.get(id)?.attempt}`;
        if (open.get(run) === process) {
          return `I12: ${process.name} gave its message of ${id} away while its run has no outcome`;
        }
      }
      return undefined;
    },
    atEnd: () => (open.size === 0 ? undefined : `I12: no outcome was recorded for ${[...open.keys()].join(', ')}`),
  };
}
