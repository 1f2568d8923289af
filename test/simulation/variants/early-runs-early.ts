import type { Variant } from './variant.ts';
import { withStore } from './with-store.ts';

/** Whenever a message comes, its job runs, in a run that is said to begin later than it ends. */
export const earlyRunsEarly: Variant = {
  name: 'early message runs early',
  scenario: 'scheduled',
  violates: ['I10', 'I5'],
  alterations: {
    ports: (ports) => ({
      ...ports,
      store: withStore(ports.store, {
        claim: (claims) => ports.store.claim(claims.map((claim) => ({ ...claim, now: claim.now + 3_600_000 }))),
      }),
    }),
  },
};
