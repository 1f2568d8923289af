import type { Observer } from '../world/observed.ts';
import type { World } from '../world/world.ts';

/**
 * I6: completed means that the handler of that very attempt returned that result; the reason of a failure is that attempt's; and
 * a run that somebody wants canceled ends as completed or canceled.
 */
export function endsAreTrue(world: World): Observer {
  return {
    onWrite: ({ event, before, after }) => {
      if (before?.cancelRequested === true && !['running', 'completed', 'canceled'].includes(after.status)) {
        return `I6: ${after.id} was to be canceled, and ${event} made it ${after.status}`;
      }
      const run = world.ledger.runOf(after.id, after.attempt);
      if (event === 'complete') {
        return run?.ended === 'returned' && run.result === after.result
          ? undefined
          : `I6: ${after.id} is completed in attempt ${after.attempt}, whose handler ${run?.ended ?? 'did not end'}`;
      }
      if (after.status !== 'failed' || event === 'move-lane') {
        return undefined;
      }
      if (after.error?.attempt !== after.attempt) {
        return `I6: ${after.id} failed in attempt ${after.attempt} for a reason of attempt ${after.error?.attempt}`;
      }
      return event === 'fail' && run?.ended === 'returned'
        ? `I6: ${after.id} failed in attempt ${after.attempt}, whose handler returned`
        : undefined;
    },
  };
}
