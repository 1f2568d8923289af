import type { Variant } from './variant.ts';
import { withStore } from './with-store.ts';

const YEAR_MS = 365 * 24 * 3_600_000;

/** A message that was sent is believed to arrive: nobody looks whether it did. */
export const noDispatchDeadline: Variant = {
  name: 'send without a deadline',
  scenario: 'plain',
  violates: ['I1'],
  says: 'dispatched in attempt',
  alterations: {
    ports: (ports) => ({
      ...ports,
      store: withStore(ports.store, {
        create: (jobs) =>
          ports.store.create(
            jobs.map((job) => (job.status === 'dispatched' ? { ...job, nextAt: job.nextAt + YEAR_MS } : job)),
          ),
        write: (changes) =>
          ports.store.write(
            changes.map((change) =>
              change.after.status === 'dispatched'
                ? { ...change, set: { ...change.set, nextAt: change.after.nextAt + YEAR_MS } }
                : change,
            ),
          ),
      }),
    }),
  },
};
