import type { Stored } from '../../core/index.ts';

/**
 * How long a job that the index proposed has waited to be run: since it was due, or since its last run's lease ended. Not since
 * `nextAt`, which moves on with each message that nobody answers. 0 for a job that waits for nothing.
 */
export function dueAgeMs(stored: Stored, now: number): number {
  if (stored.kind !== 'job') {
    return 0;
  }
  const { job } = stored;
  switch (job.status) {
    case 'queued':
    case 'dispatched':
      return Math.max(0, now - job.dueAt);
    case 'running':
      return Math.max(0, now - job.leaseUntil);
    default:
      return 0;
  }
}
