export { type DynamoDbEngine, startDynamoDbEngine } from './dynamodb-engine.ts';
export type { EngineClient } from './engine-client.ts';
export type { QueueDefinition } from './engine-messages.ts';
export { EngineError, EngineRequestError } from './errors.ts';
export { type SqsS3Engine, startSqsS3Engine } from './sqs-s3-engine.ts';
