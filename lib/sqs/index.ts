export { createSqsClient } from './client.ts';
export { createSqsJobQueue, type SqsJobQueueOptions } from './job-queue.ts';
