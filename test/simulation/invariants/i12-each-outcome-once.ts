import type { Observer } from '../world/observed.ts';

/** I12: what was claimed has exactly one outcome, however sends and settlements were cut up. */
export function eachOutcomeOnce(): Observer {
  const open = new Set<string>();
  const closed = new Set<string>();
  return {
    onWrite: ({ event, before, after }) => {
      if (event === 'claim') {
        open.add(`${after.id}/${after.attempt}`);
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
    atEnd: () => (open.size === 0 ? undefined : `I12: no outcome was recorded for ${[...open].join(', ')}`),
  };
}
