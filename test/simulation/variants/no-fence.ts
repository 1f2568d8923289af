import type { Variant } from './variant.ts';
import { withStore } from './with-store.ts';

/** Whoever says how a run ended is believed, whatever became of the job meanwhile. */
export const noFence: Variant = {
  name: 'no fence',
  scenario: 'stale-writer',
  violates: ['I3', 'I4', 'I5', 'I12'],
  alterations: {
    store: (store) =>
      withStore(store, {
        write: (changes) =>
          store.write(
            changes.map((change) => {
              const { status, attempt, nextAt, cancelRequested } = store.getRaw(change.id) ?? {};
              return change.guard.kind === 'own-run'
                ? { ...change, guard: { kind: 'as-read', seen: { status, attempt, nextAt, cancelRequested } } }
                : change;
            }),
          ),
      }),
  },
};
