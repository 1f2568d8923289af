import { canClaim, claimedJob, type Job } from '../../../lib/core/index.ts';
import type { Variant } from './variant.ts';
import { withStore } from './with-store.ts';

/** Whenever a message comes, its job runs: a claim does not ask whether the job is due. */
export const earlyRunsEarly: Variant = {
  name: 'early message runs early',
  scenario: 'scheduled',
  violates: ['I10'],
  alterations: {
    store: (store) =>
      withStore(store, {
        claim: async (claims) =>
          (
            await Promise.all(
              claims.map(async (claim) => {
                const job = store.getRaw(claim.id) as Job | undefined;
                if (job === undefined || !(job.dueAt > claim.now) || !canClaim(job, { ...claim, now: job.dueAt })) {
                  return await store.claim([claim]);
                }
                const running = claimedJob(job, claim);
                store.putRaw({ ...running });
                return [{ kind: 'claimed', job: running } as const];
              }),
            )
          ).flat(),
      }),
  },
};
