import { createMemoryJobStore } from '../../lib/memory/index.ts';
import { describeJobStore } from '../conformance/job-store/index.ts';

describeJobStore('The memory store', async () => {
  const store = createMemoryJobStore();
  return {
    store,
    putRaw: async (item) => store.putRaw(item),
    deleteRaw: async (id) => store.deleteRaw(id),
    close: async () => {},
  };
});
