import {
  type AcceptedTransition,
  type Logger,
  type Telemetry,
  toAccepted,
  toClaimed,
  toSubmitted,
  wordsFor,
} from '../core/index.ts';

/**
 * Tells operators what happened through the log: one line for each accepted transition, and one for each thing worth a look.
 * Called on accepted writes only, so the lines of a job are its history, which `async-endpoints verify` reads. Inputs and results
 * are never logged.
 */
export function createLogTelemetry(logger: Logger): Telemetry {
  const tell = (jobType: string, transition: AcceptedTransition, fields = {}): void =>
    logger.info(wordsFor(transition), { jobType, ...transition, ...fields });
  return {
    submitted: (job) => tell(job.type, toSubmitted(job)),
    claimed: (job) => tell(job.type, toClaimed(job), { solo: job.solo, waitedMs: job.startedAt - job.dueAt }),
    accepted: (change) => tell(change.after.type, toAccepted(change)),
    noticed: (notice, fields) => logger.warn(notice, { notice, ...fields }),
  };
}
