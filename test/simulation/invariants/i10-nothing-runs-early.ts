import { DUE_TOLERANCE_MS } from '../../../lib/core/index.ts';
import type { Observer } from '../world/observed.ts';

/** I10: no run begins before its job is due, but for the tolerance and the error of the claimer's clock. */
export function nothingRunsEarly(): Observer {
  return {
    onWrite: ({ at, event, by, before, after }) => {
      if (event !== 'claim' || before === undefined) {
        return undefined;
      }
      const earlyMs = before.dueAt - at - DUE_TOLERANCE_MS - (by?.skewMs ?? 0);
      return earlyMs > 0 ? `I10: ${after.id} was claimed ${earlyMs} ms before it may run` : undefined;
    },
  };
}
