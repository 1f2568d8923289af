import type { Variant } from './variant.ts';
import { withStore } from './with-store.ts';

/** Whenever a message comes, its job runs. */
export const earlyRunsEarly: Variant = {
  name: 'early message runs early',
  scenario: 'scheduled',
  violates: ['I10'],
  alterations: {
    ports: (ports) => ({
      ...ports,
      store: withStore(ports.store, {
        claim: (claims) => ports.store.claim(claims.map((claim) => ({ ...claim, now: claim.now + 3_600_000 }))),
      }),
    }),
  },
};
