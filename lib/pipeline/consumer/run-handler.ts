import {
  FAILURE_REASONS,
  type JobContext,
  type Logger,
  type RunEvent,
  type RunningJob,
  validate,
} from '../../core/index.ts';
import { toJsonText } from '../json-text.ts';
import { describeError } from './describe-error.ts';
import { type ConsumerPorts, type Invocation, STOP_MARGIN_MS } from './ports.ts';
import { createProgress } from './progress.ts';
import {
  isDecided,
  listIssues,
  type Run,
  toFailure,
  toPermanentFailure,
  toTimeout,
  toUnknownType,
} from './run-events.ts';
import { type End, waitForEnd } from './wait-for-end.ts';

export interface RunOutcome {
  readonly event: RunEvent;
  /** The handler is still running although it was told to stop; the process must end before its retry begins. */
  readonly abandoned: boolean;
}

/** What the handler and the checks around it came to. */
type Ended =
  | { readonly kind: 'returned'; readonly result: string }
  | { readonly kind: 'unusable'; readonly event: RunEvent }
  | { readonly kind: 'threw'; readonly error: unknown };

/**
 * Runs the handler of a claimed job and says how that ended. Never rejects. The job's time is its own timeout or what is left
 * of the invocation, whichever is less; the checks of input and result count, since a schema may be slow too. When the time is
 * over the signal is aborted, and a handler that ignores it is given up.
 */
export async function runHandler(ports: ConsumerPorts, job: RunningJob, invocation: Invocation): Promise<RunOutcome> {
  const handler = ports.handlers.get(job.type);
  if (handler === undefined) {
    return { event: toUnknownType(ports, job), abandoned: false };
  }
  if (invocation.stop?.aborted === true) {
    return { event: { name: 'interrupt' }, abandoned: false };
  }
  const run: Run = { job, handler };
  const deadline = Math.min(
    job.startedAt + job.timeoutMs,
    job.leaseUntil - ports.policy.leaseMarginMs,
    invocation.deadline - STOP_MARGIN_MS,
  );
  const abort = new AbortController();
  const progress = createProgress(ports, job, abort);
  const context: JobContext = {
    jobId: job.id,
    attempt: job.attempt,
    idempotencyKey: job.id,
    signal: abort.signal,
    logger: withFields(ports.logger, { jobId: job.id, jobType: job.type, attempt: job.attempt }),
    progress: progress.report,
    remainingMs: () => Math.max(0, deadline - ports.clock.now()),
  };
  const end = await waitForEnd(perform(run, context), abort, { clock: ports.clock, deadline, stop: invocation.stop });
  const latest = progress.close();
  return end.outcome === undefined
    ? { event: toAbandonment(ports, run, end, invocation), abandoned: true }
    : { event: toEvent(ports, run, end.outcome, end.told, latest), abandoned: false };
}

/** Checks the input, calls the handler, checks the result. Never rejects. */
async function perform({ job, handler }: Run, context: JobContext): Promise<Ended> {
  const { definition } = handler;
  let input: unknown;
  try {
    const validated = await validate(definition.input, JSON.parse(job.input));
    if (validated.kind === 'invalid') {
      const problem = `The input does not fit the job type: ${listIssues(validated.issues)}`;
      return { kind: 'unusable', event: toPermanentFailure(FAILURE_REASONS.invalidInput, problem) };
    }
    input = validated.value;
  } catch (error) {
    const problem = `The input cannot be read: ${describeError(error).message}`;
    return { kind: 'unusable', event: toPermanentFailure(FAILURE_REASONS.invalidInput, problem) };
  }
  try {
    const value = await handler.run(input, context);
    const result = toResult(value);
    if (typeof result !== 'string') {
      return result;
    }
    const validated = definition.output === undefined ? undefined : await validate(definition.output, value);
    if (validated?.kind === 'invalid') {
      throw new InvalidResultError(`The result does not fit the job type: ${listIssues(validated.issues)}`);
    }
    return { kind: 'returned', result };
  } catch (error) {
    return { kind: 'threw', error };
  }
}

class InvalidResultError extends Error {
  override readonly name = 'invalid-result';
  readonly code = 'invalid-result';
}

/** The result as JSON text; what cannot be kept cannot be kept next time either. */
function toResult(value: unknown): string | Extract<Ended, { kind: 'unusable' }> {
  let problem: string;
  try {
    const result = toJsonText(value);
    if (result.kind === 'json') {
      return result.text;
    }
    problem = result.problem;
  } catch (error) {
    problem = describeError(error).message;
  }
  const message = `The result cannot be stored: ${problem}.`;
  return { kind: 'unusable', event: toPermanentFailure(FAILURE_REASONS.resultUnstorable, message) };
}

/** A handler that comes to its end counts as what it came to, however late; an error after the signal is most likely its echo. */
function toEvent(
  ports: ConsumerPorts,
  run: Run,
  ended: Ended,
  told: End<Ended>['told'],
  progress: string | undefined,
): RunEvent {
  if (ended.kind === 'returned') {
    return { name: 'complete', result: ended.result, ...(progress === undefined ? {} : { progress }) };
  }
  if (ended.kind === 'unusable') {
    return ended.event;
  }
  if (told === undefined || isDecided(ended.error)) {
    return toFailure(ports, run, ended.error);
  }
  return told === 'process-stops' ? { name: 'interrupt' } : toTimeout(ports, run);
}

/** The process ends with its invocation at the latest, so the retry of a handler that lives on begins no earlier. */
function toAbandonment(ports: ConsumerPorts, run: Run, { told }: End<Ended>, { deadline }: Invocation): RunEvent {
  return told === 'process-stops'
    ? { name: 'interrupt' }
    : toTimeout(ports, run, Math.max(0, deadline - ports.clock.now()));
}

function withFields(logger: Logger, fields: Readonly<Record<string, unknown>>): Logger {
  return {
    debug: (message, more) => logger.debug(message, { ...fields, ...more }),
    info: (message, more) => logger.info(message, { ...fields, ...more }),
    warn: (message, more) => logger.warn(message, { ...fields, ...more }),
    error: (message, more) => logger.error(message, { ...fields, ...more }),
  };
}
