export { collectDefinitions, collectHandlers, createDefaultsOf, type JobModules } from './job-registry.ts';
export { createSqsBatchHandler, type SqsBatchHandler, type SqsBatchHandlerOptions } from './sqs-batch-handler.ts';
export { createStopSignal } from './stop-signal.ts';
