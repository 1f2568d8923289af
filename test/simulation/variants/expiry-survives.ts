import type { Variant } from './variant.ts';
import { withStore } from './with-store.ts';

/** A re-opened job keeps the time at which the table may delete it. */
export const expirySurvives: Variant = {
  name: 'expiry survives a retry',
  scenario: 'retry-races-finish',
  violates: ['I11'],
  alterations: {
    store: (store) =>
      withStore(store, {
        write: (changes) =>
          store.write(
            changes.map((change) => ({ ...change, remove: change.remove.filter((field) => field !== 'expiresAt') })),
          ),
      }),
  },
};
