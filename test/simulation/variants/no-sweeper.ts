import type { Variant } from './variant.ts';
import { withStore } from './with-store.ts';

/** The producer finds nothing, so the queue is all there is. */
export const noSweeper: Variant = {
  name: 'no sweeper',
  scenario: 'plain',
  violates: ['I1'],
  alterations: {
    ports: (ports) => ({ ...ports, store: withStore(ports.store, { findDue: async () => ({ ids: [] }) }) }),
  },
};
