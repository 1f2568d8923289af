import type { JobStore } from '../../../lib/core/index.ts';

/** Puts own methods in front of a store's. */
export function withStore(store: JobStore, methods: Partial<JobStore>): JobStore {
  return {
    create: (jobs) => store.create(jobs),
    read: (ids) => store.read(ids),
    claim: (claims) => store.claim(claims),
    write: (changes) => store.write(changes),
    findDue: (page) => store.findDue(page),
    ...methods,
  };
}
