export { findDueIds } from './due-ids.ts';
export {
  createMemoryJobQueue,
  type DeadMessage,
  type MemoryJobQueue,
  type MemoryJobQueueOptions,
  type ReceivedMessage,
} from './job-queue.ts';
export { createMemoryJobStore, type MemoryJobStore, type MemoryJobStoreOptions } from './job-store.ts';
export type { JobRecord } from './record.ts';
