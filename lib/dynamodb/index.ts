export { createDynamoDocumentClient, toDocumentClient } from './client.ts';
export { createDynamoJobStore, type DynamoJobStoreOptions } from './job-store.ts';
export { buildPutNewJob } from './put-new-job.ts';
