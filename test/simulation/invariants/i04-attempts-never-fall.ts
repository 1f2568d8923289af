import { isFinal } from '../../../lib/core/index.ts';
import type { Observer } from '../world/observed.ts';

/** I4: `attempt` never falls and rises by claims alone; a final status is left by a person's word only. */
export function attemptsNeverFall(): Observer {
  return {
    onWrite: ({ event, before, after }) => {
      if (event === 'raw-put') {
        return undefined;
      }
      const expected = (before?.attempt ?? 0) + (event === 'claim' ? 1 : 0);
      if (after.attempt !== expected) {
        return `I4: ${event} of ${after.id} left attempt ${after.attempt}, expected ${expected}`;
      }
      const isLeft = before !== undefined && isFinal(before.status) && before.status !== after.status;
      return isLeft && event !== 'retry' && event !== 'redrive'
        ? `I4: ${event} took ${after.id} out of ${before.status}`
        : undefined;
    },
  };
}
