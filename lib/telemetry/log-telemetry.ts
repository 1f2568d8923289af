import {
  type AcceptedTransition,
  type Logger,
  type Telemetry,
  toAccepted,
  toClaimed,
  toSubmitted,
} from '../core/index.ts';

/**
 * Tells operators what happened through the log: one line for each accepted transition, and one for each thing worth a look.
 * Called on accepted writes only, so the lines of a job are its history, which `async-endpoints verify` reads. Inputs and results
 * are never logged.
 */
export function createLogTelemetry(logger: Logger): Telemetry {
  const tell = (message: string, jobType: string, transition: AcceptedTransition, fields = {}): void =>
    logger.info(message, { jobType, ...transition, ...fields });
  return {
    submitted: (job) => tell('job submitted', job.type, toSubmitted(job)),
    claimed: (job) =>
      tell('job claimed', job.type, toClaimed(job), { solo: job.solo, waitedMs: job.startedAt - job.dueAt }),
    accepted: (change) => tell(`job ${change.after.status}`, change.after.type, toAccepted(change)),
    noticed: (notice, fields) => logger.warn(notice, { notice, ...fields }),
  };
}
