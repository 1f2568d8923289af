/** What people import: job definitions and the client that submits them. */
export {
  defineJob,
  type HandlerFunction,
  InvalidDefinitionError,
  type JobContext,
  type JobDefinition,
  type JobDefinitionOptions,
  type JobHandler,
  PermanentError,
  RetryLater,
} from './core/index.ts';
