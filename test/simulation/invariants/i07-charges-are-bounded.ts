import { scripted } from '../world/job-types.ts';
import type { Observer } from '../world/observed.ts';

/** I7: what a job is charged stays within the budgets of its definition, whatever its item says. */
export function chargesAreBounded(): Observer {
  const { maxAttempts, maxCrashes } = scripted.retry;
  return {
    onWrite: ({ event, after: { id, failures, crashes } }) =>
      event !== 'raw-put' && (failures > maxAttempts || crashes > maxCrashes)
        ? `I7: ${id} was charged ${failures} failures and ${crashes} crashes`
        : undefined,
  };
}
