import {
  computeBackoffMs,
  DEFAULT_RETRY_POLICY,
  FAILURE_REASONS,
  type JobHandler,
  type RunEvent,
  type RunningJob,
  type ValidationIssue,
} from '../../core/index.ts';
import { toPlainText } from '../plain-text.ts';
import { describeError, type ErrorDescription } from './describe-error.ts';
import type { ConsumerPorts } from './ports.ts';

const MAX_MESSAGE_LENGTH = 1_000;
const MAX_RETRY_DELAY_MS = 366 * 24 * 3_600_000;

export interface Run {
  readonly job: RunningJob;
  readonly handler: JobHandler;
}

/** What a handler threw, as the outcome of its run. The log says where, and only the job says what: a message may quote an input. */
export function toFailure({ logger, random }: ConsumerPorts, { job, handler }: Run, thrown: unknown): RunEvent {
  const error = describeError(thrown);
  logger.warn('A handler reported an error; the job has its message', {
    jobId: job.id,
    jobType: job.type,
    attempt: job.attempt,
    error: { name: error.name, code: error.code, frames: error.frames },
  });
  return {
    name: 'fail',
    error: { name: error.name, message: error.message },
    permanent: error.code === 'permanent',
    delayMs: chosenDelayMs(error) ?? computeBackoffMs(handler.definition.retry, job.failures + 1, random.next()),
  };
}

/** Whether a handler decided itself what is to become of its job, even if its time was up. */
export function isDecided(thrown: unknown): boolean {
  const error = describeError(thrown);
  return error.code === 'permanent' || chosenDelayMs(error) !== undefined;
}

export function toPermanentFailure(name: string, message: string): RunEvent {
  return {
    name: 'fail',
    error: { name, message: toPlainText(message, MAX_MESSAGE_LENGTH) },
    permanent: true,
    delayMs: 0,
  };
}

/** @param leastDelayMs For so long the handler may live on against its signal; its retry must not run beside it. */
export function toTimeout({ random }: ConsumerPorts, { job, handler }: Run, leastDelayMs = 0): RunEvent {
  const backoffMs = computeBackoffMs(handler.definition.retry, job.failures + 1, random.next());
  return {
    name: 'fail',
    error: {
      name: FAILURE_REASONS.timedOut,
      message: `The handler did not end within ${job.timeoutMs / 1_000} s, or within the time left to its invocation.`,
    },
    permanent: false,
    delayMs: Math.max(backoffMs, leastDelayMs),
  };
}

const UNKNOWN_TYPE_FIRST_MS = 5_000;
const UNKNOWN_TYPE_LAST_MS = 300_000;

/** Back to waiting, loudly: the longer a type has been unknown, the longer the next wait, 5 s to 5 min. */
export function toUnknownType({ clock, random, logger, telemetry }: ConsumerPorts, job: RunningJob): RunEvent {
  const fields = { jobId: job.id, jobType: job.type };
  logger.error('No handler for this job type: deploy one, or the job fails after an hour', fields);
  telemetry.noticed('UnknownTypes', fields);
  const now = clock.now();
  const spread = {
    ...DEFAULT_RETRY_POLICY,
    initialDelayMs: UNKNOWN_TYPE_FIRST_MS + Math.max(0, now - (job.unknownTypeSince ?? now)),
    maxDelayMs: UNKNOWN_TYPE_LAST_MS - UNKNOWN_TYPE_FIRST_MS,
  };
  return { name: 'unknown-type', delayMs: UNKNOWN_TYPE_FIRST_MS + computeBackoffMs(spread, 1, random.next()) };
}

/** Where something does not fit its schema and what was expected, in one line. */
export function listIssues(issues: readonly ValidationIssue[]): string {
  return issues.map(({ pointer, message }) => `${pointer || '/'}: ${message}`).join('; ');
}

function chosenDelayMs({ code, delaySeconds }: ErrorDescription): number | undefined {
  return code === 'retry-later' && delaySeconds !== undefined && delaySeconds >= 0
    ? Math.min(MAX_RETRY_DELAY_MS, Math.round(delaySeconds * 1_000))
    : undefined;
}
