import type { Variant } from './variant.ts';
import { withStore } from './with-store.ts';

/** Outcomes are written whether or not somebody wants the job canceled. */
export const deafToCancel: Variant = {
  name: 'deaf to cancel requests',
  scenario: 'cancel-races-claim',
  violates: ['I6'],
  alterations: {
    store: (store) =>
      withStore(store, {
        write: (changes) =>
          store.write(
            changes.map((change) =>
              change.guard.kind === 'own-run'
                ? { ...change, guard: { ...change.guard, unlessCancelRequested: false } }
                : change,
            ),
          ),
      }),
  },
};
