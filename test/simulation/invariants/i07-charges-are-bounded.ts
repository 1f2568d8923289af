import { scripted } from '../world/job-types.ts';
import type { Observer } from '../world/observed.ts';

/** I7: what a job is charged stays within the budgets of its definition, whatever its item says; who re-opens it gives it new ones. */
export function chargesAreBounded(): Observer {
  const { maxAttempts, maxCrashes } = scripted.retry;
  return {
    onWrite: ({ event, after: { id, failures, crashes, suspect } }) => {
      if ((event === 'retry' || event === 'redrive') && (failures > 0 || crashes > 0 || suspect === true)) {
        return `I7: ${id} was re-opened with ${failures} failures and ${crashes} crashes${suspect === true ? ', suspected' : ''}`;
      }
      return event !== 'raw-put' && (failures > maxAttempts || crashes > maxCrashes)
        ? `I7: ${id} was charged ${failures} failures and ${crashes} crashes`
        : undefined;
    },
  };
}
