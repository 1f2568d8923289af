export { SubmitError } from '../pipeline/index.ts';
export { JobClientError } from './errors.ts';
export { JobClient, type SubmitManyOptions, type SubmitOutcome, type WaitOptions } from './job-client.ts';
export type { JobClientOptions } from './options.ts';
export type { SubmitOptions } from './submit-options.ts';
export type { FinalJobView, JobId, JobView } from './typed-job.ts';
