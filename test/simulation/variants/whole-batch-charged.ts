import type { Variant } from './variant.ts';
import { withStore } from './with-store.ts';

/** Every run counts as alone, so each job of a batch pays when one of them ends its process. */
export const wholeBatchCharged: Variant = {
  name: 'whole batch charged for a crash',
  scenario: 'poison',
  violates: ['I8', 'poison'],
  alterations: {
    ports: (ports) => ({
      ...ports,
      store: withStore(ports.store, {
        claim: (claims) => ports.store.claim(claims.map((claim) => ({ ...claim, solo: true }))),
      }),
    }),
  },
};
