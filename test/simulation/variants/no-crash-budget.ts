import type { Variant } from './variant.ts';
import { withStore } from './with-store.ts';

/** A job may end its process as often as it likes. */
export const noCrashBudget: Variant = {
  name: 'no crash budget',
  scenario: 'poison',
  violates: ['I7'],
  alterations: {
    ports: (ports) => ({
      ...ports,
      store: withStore(ports.store, {
        create: (jobs) => ports.store.create(jobs.map((job) => ({ ...job, maxCrashes: 1_000 }))),
      }),
    }),
  },
};
