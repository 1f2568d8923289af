import { scripted } from '../world/job-types.ts';
import type { Observer } from '../world/observed.ts';

/** I7: runs of a job until a person re-opens it, by the budgets of its definition: failure budget + crash budget + the uncharged run of a suspect. */
export function runsAreBounded(): Observer {
  const runs = new Map<string, number>();
  return {
    onWrite: ({ event, before, after }) => {
      const { id } = after;
      const { maxAttempts, maxCrashes } = scripted.retry;
      if (event === 'retry' || event === 'redrive') {
        runs.delete(id);
        return undefined;
      }
      if (event === 'interrupt' || event === 'unknown-type') {
        // Given back, not run to an end.
        runs.set(id, (runs.get(id) ?? 0) - 1);
        return undefined;
      }
      if (event !== 'claim') {
        return before !== undefined && (after.failures > maxAttempts || after.crashes > maxCrashes)
          ? `I7: ${id} was charged ${after.failures} failures and ${after.crashes} crashes`
          : undefined;
      }
      const count = (runs.get(id) ?? 0) + 1;
      runs.set(id, count);
      return count > maxAttempts + maxCrashes + 1 ? `I7: ${id} runs for the ${count}th time` : undefined;
    },
  };
}
