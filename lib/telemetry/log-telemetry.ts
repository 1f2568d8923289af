import type { Logger, Telemetry } from '../core/index.ts';

/**
 * Tells operators what happened through the log: one line for each accepted transition, and one for each thing worth a look.
 * Called on accepted writes only, so the lines of a job are its history. Inputs and results are never logged.
 */
export function createLogTelemetry(logger: Logger): Telemetry {
  return {
    submitted: (job) =>
      logger.info('job submitted', {
        jobId: job.id,
        jobType: job.type,
        event: 'submit',
        to: job.status,
        attempt: job.attempt,
      }),
    claimed: (job) =>
      logger.info('job claimed', {
        jobId: job.id,
        jobType: job.type,
        event: 'claim',
        to: job.status,
        attempt: job.attempt,
        solo: job.solo,
        waitedMs: job.startedAt - job.dueAt,
      }),
    accepted: ({ id, event, from, after }) =>
      logger.info(`job ${after.status}`, {
        jobId: id,
        jobType: after.type,
        event,
        from,
        to: after.status,
        attempt: after.attempt,
        ...(after.status === 'failed' ? { reason: after.error.name } : {}),
      }),
    noticed: (notice, fields) => logger.warn(notice, { notice, ...fields }),
  };
}
