import type { Variant } from './variant.ts';
import { withStore } from './with-store.ts';

/** A submit is put whether or not its id is new. */
export const putOverJob: Variant = {
  name: 'unconditional put',
  scenario: 'duplicate-submits',
  violates: ['I2'],
  alterations: {
    store: (store) =>
      withStore(store, {
        create: async (jobs) =>
          jobs.map((job) => {
            store.putRaw({ ...job });
            return { kind: 'created' };
          }),
      }),
  },
};
