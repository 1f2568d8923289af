import {
  codeOf,
  computeBackoffMs,
  DEFAULT_RETRY_POLICY,
  FAILURE_REASONS,
  type JobContext,
  type JobHandler,
  type RunEvent,
  type RunningJob,
  validate,
} from '../../core/index.ts';
import { toJsonText } from '../json-text.ts';
import { ABORT_GRACE_MS, type ConsumerPorts, type Invocation, STOP_GRACE_MS, STOP_MARGIN_MS } from './ports.ts';
import { createProgress } from './progress.ts';

export interface RunOutcome {
  readonly event: RunEvent;
  /** The handler is still running although it was told to stop; the process must end before its retry begins. */
  readonly abandoned: boolean;
}

type Ended =
  | { readonly kind: 'returned'; readonly value: unknown }
  | { readonly kind: 'threw'; readonly error: unknown }
  | { readonly kind: 'timed-out' };

const PENDING = Symbol('pending');
const MAX_RETRY_DELAY_MS = 366 * 24 * 3_600_000;

/**
 * Runs the handler of a claimed job and says how that ended. Never rejects. The job's time is its own timeout or what is left
 * of the invocation, whichever is less; at its end the signal is aborted, and a handler that ignores it is given up.
 */
export async function runHandler(ports: ConsumerPorts, job: RunningJob, invocation: Invocation): Promise<RunOutcome> {
  const handler = ports.handlers.get(job.type);
  if (handler === undefined) {
    return { event: { name: 'unknown-type', delayMs: unknownTypeDelayMs(ports, job) }, abandoned: false };
  }
  const input = await readInput(handler, job);
  if (input.kind === 'invalid') {
    return { event: permanentFailure(FAILURE_REASONS.invalidInput, input.problem), abandoned: false };
  }
  const deadline = Math.min(job.leaseUntil - ports.policy.leaseMarginMs, invocation.deadline - STOP_MARGIN_MS);
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
  const running = callHandler(handler, input.value, context);
  const ended = await waitForEnd(ports, running, abort, deadline, invocation);
  const isStopping = invocation.stop?.aborted === true;
  if (ended === PENDING) {
    return { event: isStopping ? { name: 'interrupt' } : timedOut(ports, job, handler), abandoned: true };
  }
  if (ended.kind === 'returned') {
    return { event: await toCompletion(ports, job, handler, ended.value, progress.latest()), abandoned: false };
  }
  if (ended.kind === 'threw' && isStopping && abort.signal.aborted) {
    return { event: { name: 'interrupt' }, abandoned: false };
  }
  if (ended.kind === 'timed-out' || (abort.signal.aborted && ports.clock.now() >= deadline)) {
    return { event: timedOut(ports, job, handler), abandoned: false };
  }
  return { event: toFailure(ports, job, handler, ended.error), abandoned: false };
}

async function callHandler(handler: JobHandler, input: unknown, context: JobContext): Promise<Ended> {
  try {
    return { kind: 'returned', value: await handler.run(input, context) };
  } catch (error) {
    return { kind: 'threw', error };
  }
}

/** Waits for the handler, tells it to stop when its time is up or the process must end, and then waits a little longer. */
async function waitForEnd(
  { clock }: ConsumerPorts,
  running: Promise<Ended>,
  abort: AbortController,
  deadline: number,
  invocation: Invocation,
): Promise<Ended | typeof PENDING> {
  const over = new AbortController();
  const pending = (sleeping: Promise<void>): Promise<typeof PENDING> => sleeping.then(() => PENDING);
  try {
    const waits = AbortSignal.any([over.signal, ...(invocation.stop === undefined ? [] : [invocation.stop])]);
    const first = await Promise.race([running, pending(clock.sleep(deadline - clock.now(), waits))]);
    if (first !== PENDING) {
      return first;
    }
    const isStopping = invocation.stop?.aborted === true;
    abort.abort(
      new DOMException(
        isStopping ? 'The process must stop.' : 'The time of the job is up.',
        isStopping ? 'AbortError' : 'TimeoutError',
      ),
    );
    const graceMs = isStopping ? Math.min(STOP_GRACE_MS, deadline - clock.now()) : ABORT_GRACE_MS;
    return await Promise.race([running, pending(clock.sleep(graceMs, over.signal))]);
  } finally {
    over.abort();
  }
}

async function readInput(
  handler: JobHandler,
  job: RunningJob,
): Promise<
  { readonly kind: 'valid'; readonly value: unknown } | { readonly kind: 'invalid'; readonly problem: string }
> {
  try {
    const validated = await validate(handler.definition.input, JSON.parse(job.input));
    return validated.kind === 'valid'
      ? validated
      : {
          kind: 'invalid',
          problem: `The input does not fit the job type: ${validated.issues.map(({ pointer, message }) => `${pointer || '/'}: ${message}`).join('; ')}`,
        };
  } catch (error) {
    return { kind: 'invalid', problem: `The input cannot be read: ${messageOf(error)}` };
  }
}

async function toCompletion(
  ports: ConsumerPorts,
  job: RunningJob,
  handler: JobHandler,
  value: unknown,
  progress: string | undefined,
): Promise<RunEvent> {
  const result = toJsonText(value);
  if (result.kind === 'unstorable') {
    return permanentFailure(FAILURE_REASONS.resultUnstorable, `The result cannot be stored: ${result.problem}.`);
  }
  if (handler.definition.output !== undefined) {
    const validated = await validate(handler.definition.output, value).catch((error: unknown) => ({
      kind: 'invalid' as const,
      issues: [{ pointer: '', message: messageOf(error) }],
    }));
    if (validated.kind === 'invalid') {
      const where = validated.issues.map(({ pointer, message }) => `${pointer || '/'}: ${message}`).join('; ');
      return toFailure(ports, job, handler, new InvalidResultError(`The result does not fit the job type: ${where}`));
    }
  }
  return { name: 'complete', result: result.text, ...(progress === undefined ? {} : { progress }) };
}

class InvalidResultError extends Error {
  override readonly name = 'invalid-result';
}

function toFailure({ logger, random }: ConsumerPorts, job: RunningJob, handler: JobHandler, error: unknown): RunEvent {
  logger.warn('A handler reported an error', { jobId: job.id, jobType: job.type, attempt: job.attempt, error });
  const delayMs = computeBackoffMs(handler.definition.retry, job.failures + 1, random.next());
  return {
    name: 'fail',
    error: { name: nameOf(error), message: messageOf(error) },
    permanent: codeOf(error) === 'permanent',
    delayMs: codeOf(error) === 'retry-later' ? (chosenDelayMs(error) ?? delayMs) : delayMs,
  };
}

function timedOut({ random }: ConsumerPorts, job: RunningJob, handler: JobHandler): RunEvent {
  return {
    name: 'fail',
    error: {
      name: FAILURE_REASONS.timedOut,
      message: `The handler did not end within ${handler.definition.timeoutMs / 1000} s, or within the time left to its invocation.`,
    },
    permanent: false,
    delayMs: computeBackoffMs(handler.definition.retry, job.failures + 1, random.next()),
  };
}

function permanentFailure(name: string, message: string): RunEvent {
  return { name: 'fail', error: { name, message: message.slice(0, MAX_MESSAGE_LENGTH) }, permanent: true, delayMs: 0 };
}

/** The longer a type has been unknown, the longer the next wait: 5 s to 5 min. */
function unknownTypeDelayMs({ clock, random, logger, telemetry }: ConsumerPorts, job: RunningJob): number {
  const fields = { jobId: job.id, jobType: job.type };
  logger.error('No handler for this job type: deploy one, or the job fails after an hour', fields);
  telemetry.noticed('UnknownTypes', fields);
  const unknownForMs = clock.now() - (job.unknownTypeSince ?? clock.now());
  return (
    5_000 +
    computeBackoffMs(
      { ...DEFAULT_RETRY_POLICY, initialDelayMs: 5_000 + unknownForMs, maxDelayMs: 295_000 },
      1,
      random.next(),
    )
  );
}

const MAX_NAME_LENGTH = 100;
const MAX_MESSAGE_LENGTH = 1_000;

function nameOf(error: unknown): string {
  return error instanceof Error && error.name !== '' ? error.name.slice(0, MAX_NAME_LENGTH) : 'Error';
}

function messageOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).slice(0, MAX_MESSAGE_LENGTH);
}

function chosenDelayMs(error: unknown): number | undefined {
  const seconds =
    typeof error === 'object' && error !== null && 'delaySeconds' in error ? error.delaySeconds : undefined;
  return typeof seconds === 'number' && seconds >= 0
    ? Math.min(MAX_RETRY_DELAY_MS, Math.round(seconds * 1000))
    : undefined;
}

function withFields(
  logger: ConsumerPorts['logger'],
  fields: Readonly<Record<string, unknown>>,
): ConsumerPorts['logger'] {
  return {
    debug: (message, more) => logger.debug(message, { ...fields, ...more }),
    info: (message, more) => logger.info(message, { ...fields, ...more }),
    warn: (message, more) => logger.warn(message, { ...fields, ...more }),
    error: (message, more) => logger.error(message, { ...fields, ...more }),
  };
}
