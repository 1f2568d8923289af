export { type BatchResult, consumeBatch } from './consumer/consume-batch.ts';
export type { ConsumerPorts, Delivery, Invocation } from './consumer/ports.ts';
export { SubmitError } from './errors.ts';
export { type JobView, toJobView } from './job-view.ts';
export { getJob, type WaitOptions, waitForJob } from './look-up.ts';
export { type ProduceOptions, type ProduceSummary, produce } from './producer/produce.ts';
export { type SubmitPorts, type SubmitRequest, type SubmitResult, submitJobs } from './submit.ts';
export { SUBMIT_LIMITS, type SubmitOptions } from './submit-options.ts';
export { createIds, systemClock, systemRandom } from './system.ts';
