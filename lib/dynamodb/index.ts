export { createDynamoDocumentClient } from './client.ts';
export { createDynamoJobStore, type DynamoJobStoreOptions } from './job-store.ts';
