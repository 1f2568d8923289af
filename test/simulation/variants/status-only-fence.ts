import type { Variant } from './variant.ts';
import { withStore } from './with-store.ts';

/** That the job is running is enough; by whom is not asked. */
export const statusOnlyFence: Variant = {
  name: 'status-only fence',
  scenario: 'stale-writer',
  violates: ['I4', 'I5'],
  alterations: {
    store: (store) =>
      withStore(store, {
        write: (changes) =>
          store.write(
            changes.map((change) => {
              const { attempt, token } = store.getRaw(change.id) ?? {};
              return change.guard.kind === 'own-run' && typeof attempt === 'number' && typeof token === 'string'
                ? { ...change, guard: { ...change.guard, attempt, token } }
                : change;
            }),
          ),
      }),
  },
};
