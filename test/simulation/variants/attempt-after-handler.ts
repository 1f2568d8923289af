import type { Variant } from './variant.ts';
import { withStore } from './with-store.ts';

/** The claim does not count; the outcome does. */
export const attemptAfterHandler: Variant = {
  name: 'attempt counted after the handler',
  scenario: 'plain',
  violates: ['I4', 'I5'],
  alterations: {
    store: (store) =>
      withStore(store, {
        claim: async (claims) => {
          const results = await store.claim(claims);
          return results.map((result) => {
            if (result.kind !== 'claimed') {
              return result;
            }
            const job = { ...result.job, attempt: result.job.attempt - 1 };
            store.putRaw({ ...store.getRaw(job.id), attempt: job.attempt });
            return { kind: 'claimed', job };
          });
        },
        write: (changes) =>
          store.write(
            changes.map((change) =>
              change.guard.kind === 'own-run' && change.after.status !== 'running'
                ? { ...change, set: { ...change.set, attempt: change.after.attempt + 1 } }
                : change,
            ),
          ),
      }),
  },
};
