import { canClaim, claimedJob, type Job } from '../../../lib/core/index.ts';
import type { MemoryJobStore } from '../../../lib/memory/index.ts';
import type { Variant } from './variant.ts';
import { withStore } from './with-store.ts';

/** Only a run that ended counts as an attempt, so the one after a crash has the number of the one that crashed. */
export const attemptAfterHandler: Variant = {
  name: 'attempt counted after the handler',
  scenario: 'plain',
  violates: ['I4'],
  alterations: {
    store: (store) =>
      withStore(store, {
        claim: async (claims) => {
          const [claim] = claims;
          const job = claim === undefined ? undefined : findCrashed(store, claim.id);
          if (claim === undefined || job === undefined || !canClaim(job, claim)) {
            return await store.claim(claims);
          }
          const { status, attempt, nextAt } = job;
          const after = claimedJob({ ...job, attempt: attempt - 1 }, claim);
          await store.write([
            {
              id: job.id,
              event: 'dispatch',
              from: status,
              at: claim.now,
              guard: { kind: 'as-read', seen: { status, attempt, nextAt, cancelRequested: undefined } },
              set: after,
              remove: ['dispatches'],
              after,
            },
          ]);
          return [{ kind: 'claimed', job: after }];
        },
      }),
  },
};

function findCrashed(store: MemoryJobStore, id: string): Job | undefined {
  const job = store.getRaw(id) as Job | undefined;
  const detail = job?.status === 'dispatched' ? job.history.at(-1)?.detail : undefined;
  return detail === 'crashed' || detail === 'suspect' ? job : undefined;
}
