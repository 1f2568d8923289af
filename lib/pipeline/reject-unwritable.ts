import { type AccessError, type Clock, decide, type JobStore, type Policy, type Stored } from '../core/index.ts';
import type { Planned } from './follow-up.ts';

interface RejectPorts {
  readonly store: JobStore;
  readonly clock: Clock;
  readonly policy: Policy;
}

/** A job that the store refuses to write as it should be: too large, most likely. */
export interface Unwritable {
  readonly stored: Stored;
  readonly error: AccessError;
}

/**
 * What cannot be written as it should be becomes `failed` with the reason; where even that does not fit, its input is removed.
 * Returns the rejections that were accepted; who won the race for another job has moved it on.
 */
export async function rejectUnwritable(
  ports: RejectPorts,
  unwritable: readonly Unwritable[],
): Promise<readonly Planned[]> {
  const kept = await reject(ports, unwritable, false);
  const dropped = await reject(ports, kept.unwritable, true);
  return [...kept.accepted, ...dropped.accepted];
}

async function reject(
  { store, clock, policy }: RejectPorts,
  unwritable: readonly Unwritable[],
  dropInput: boolean,
): Promise<{ readonly accepted: readonly Planned[]; readonly unwritable: readonly Unwritable[] }> {
  const context = { now: clock.now(), policy };
  const planned = unwritable.flatMap((entry) => {
    const decision = decide(
      entry.stored,
      { name: 'reject', problem: `it cannot be written: ${entry.error.message}`, dropInput },
      context,
    );
    return decision.kind === 'change' ? [{ entry, decision }] : [];
  });
  const results = planned.length === 0 ? [] : await store.write(planned.map(({ decision }) => decision.change));
  return {
    accepted: planned.flatMap(({ decision }, index) => (results[index]?.kind === 'accepted' ? [decision] : [])),
    unwritable: planned.flatMap(({ entry }, index) => {
      const result = results[index];
      return result?.kind === 'error' && result.error.code === 'invalid' ? [entry] : [];
    }),
  };
}
