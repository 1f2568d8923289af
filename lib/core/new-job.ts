import { type DecisionContext, waitingFields } from './decide/build-change.ts';
import { appendHistory, type Job, type JobFields } from './job.ts';
import type { JobDefaults } from './stored.ts';

export interface NewJob {
  readonly id: string;
  readonly type: string;
  /** JSON text. */
  readonly input: string;
  readonly inputHash?: string | undefined;
  readonly group?: string | undefined;
  /** Earliest time to run; what is past counts as now. */
  readonly dueAt: number;
  readonly defaults: JobDefaults;
  /** For the first line of its history. */
  readonly detail?: string | undefined;
}

/**
 * A job as it is first written. What is due within a queue's reach is written as already dispatched (its submitter sends the
 * message itself); what is due later waits in the table.
 */
export function createJob(
  options: NewJob,
  context: DecisionContext,
): { readonly job: Job; readonly send: { readonly delayMs: number } | undefined } {
  const delayMs = Math.max(0, options.dueAt - context.now);
  const base: JobFields = {
    id: options.id,
    type: options.type,
    status: 'queued',
    input: options.input,
    ...(options.inputHash === undefined ? {} : { inputHash: options.inputHash }),
    ...(options.group === undefined ? {} : { group: options.group }),
    attempt: 0,
    failures: 0,
    crashes: 0,
    maxAttempts: options.defaults.retry.maxAttempts,
    maxCrashes: options.defaults.retry.maxCrashes,
    timeoutMs: options.defaults.timeoutMs,
    createdAt: context.now,
    dueAt: options.dueAt,
    history: [],
  };
  const waiting = waitingFields(base, delayMs, context);
  const job: JobFields = {
    ...base,
    ...waiting.set,
    status: waiting.to,
    history: appendHistory([], {
      status: waiting.to,
      at: context.now,
      attempt: 0,
      ...(options.detail === undefined ? {} : { detail: options.detail }),
    }),
  };
  return { job: job as Job, send: waiting.send ? { delayMs } : undefined };
}
