/** What people import: job definitions and the client that submits them. */
export {
  type FinalJobView,
  JobClient,
  JobClientError,
  type JobClientOptions,
  type JobId,
  type JobView,
  SubmitError,
  type SubmitManyOptions,
  type SubmitOptions,
  type SubmitOutcome,
  type WaitOptions,
} from './client/index.ts';
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
