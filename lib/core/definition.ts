import { InvalidDefinitionError } from './errors.ts';
import type { Logger } from './ports.ts';
import { DEFAULT_RETRY_POLICY, DEFAULT_TIMEOUT_MS, type RetryPolicy } from './retry-policy.ts';
import { isStandardSchema, type StandardSchema } from './standard-schema.ts';
import { valueInWords } from './value-in-words.ts';

/** What a handler is given besides its input. */
export interface JobContext {
  readonly jobId: string;
  /** The run's number, counted from 1; it never repeats for a job. */
  readonly attempt: number;
  /** The same for every run of the job: hand it to whatever must not happen twice. */
  readonly idempotencyKey: string;
  /** Aborted when the job's time is up or the process must stop. */
  readonly signal: AbortSignal;
  readonly logger: Logger;
  /** Keeps a JSON value that callers see as `progress`; at most one write a second reaches the table. */
  progress(value: unknown): Promise<void>;
  /** Milliseconds left before the handler is ended. */
  remainingMs(): number;
}

export type HandlerFunction<Input, Output> = (input: Input, context: JobContext) => Output | Promise<Output>;

/** What submitters and the API need to know of a job type. */
export interface JobDefinition<Input = unknown, Parsed = Input, Output = unknown> {
  readonly kind: 'job-definition';
  readonly type: string;
  readonly input: StandardSchema<Input, Parsed>;
  readonly output: StandardSchema<Output, unknown> | undefined;
  readonly retry: RetryPolicy;
  readonly timeoutMs: number;
  /** Binds the function that does the work; only the consumer imports it. */
  handle(run: HandlerFunction<Parsed, Output>): JobHandler;
}

/** A job type together with the function that does its work. */
export interface JobHandler {
  readonly kind: 'job-handler';
  readonly definition: AnyJobDefinition;
  readonly run: HandlerFunction<unknown, unknown>;
}

export type AnyJobDefinition = Omit<JobDefinition<unknown, unknown, unknown>, 'handle'>;

export interface JobDefinitionOptions<Input, Parsed, Output> {
  /** Name of the type: letters, digits, `-`, `_` and `.`, up to 100 characters, a letter or digit first. */
  readonly type: string;
  /** Any Standard Schema (zod, valibot, arktype, …). */
  readonly input: StandardSchema<Input, Parsed>;
  /** Describes the result; it types `wait()` and is checked before a result is kept. */
  readonly output?: StandardSchema<Output, unknown>;
  readonly retry?: {
    /** 1 to 100. @default 5 */
    readonly maxAttempts?: number;
    /** 1 to 100. @default 2 */
    readonly maxCrashes?: number;
    /** 0 to 86,400. @default 1 */
    readonly initialDelaySeconds?: number;
    /** 0 to 86,400. @default 900 */
    readonly maxDelaySeconds?: number;
  };
  /** The time one run may take, 1 to 890, and less than the consumer's own timeout. @default 30 */
  readonly timeoutSeconds?: number;
}

/**
 * Defines a job type.
 *
 * @throws InvalidDefinitionError when an option is out of its range.
 */
export function defineJob<Input, Parsed = Input, Output = unknown>(
  options: JobDefinitionOptions<Input, Parsed, Output>,
): JobDefinition<Input, Parsed, Output> {
  if (typeof options !== 'object' || options === null) {
    throw new InvalidDefinitionError(`Expected defineJob({ type, input, … }), got ${valueInWords(options)}.`);
  }
  if (typeof options.type !== 'string' || !/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/.test(options.type)) {
    throw new InvalidDefinitionError(
      `Job type ${valueInWords(options.type)} is not usable: use up to 100 letters, digits, "-", "_" and ".", starting with a letter or digit.`,
    );
  }
  for (const [name, schema] of [
    ['input', options.input],
    ['output', options.output],
  ] as const) {
    if (!(isStandardSchema(schema) || (name === 'output' && schema === undefined))) {
      throw new InvalidDefinitionError(
        `${name} of job type "${options.type}" is ${valueInWords(schema)}: use a schema of zod, valibot, arktype or another Standard Schema library.`,
      );
    }
  }
  const within = (name: string, value: number, least: number, most: number): number => {
    if (!(Number.isFinite(value) && value >= least && value <= most)) {
      throw new InvalidDefinitionError(`${name} of job type "${options.type}" is ${value}: use ${least} to ${most}.`);
    }
    return value;
  };
  const retry = options.retry ?? {};
  const definition: JobDefinition<Input, Parsed, Output> = {
    kind: 'job-definition',
    type: options.type,
    input: options.input,
    output: options.output,
    retry: {
      maxAttempts: whole(within('retry.maxAttempts', retry.maxAttempts ?? DEFAULT_RETRY_POLICY.maxAttempts, 1, 100)),
      maxCrashes: whole(within('retry.maxCrashes', retry.maxCrashes ?? DEFAULT_RETRY_POLICY.maxCrashes, 1, 100)),
      initialDelayMs: toMs(
        within(
          'retry.initialDelaySeconds',
          retry.initialDelaySeconds ?? DEFAULT_RETRY_POLICY.initialDelayMs / 1000,
          0,
          86_400,
        ),
      ),
      maxDelayMs: toMs(
        within('retry.maxDelaySeconds', retry.maxDelaySeconds ?? DEFAULT_RETRY_POLICY.maxDelayMs / 1000, 0, 86_400),
      ),
    },
    timeoutMs: toMs(within('timeoutSeconds', options.timeoutSeconds ?? DEFAULT_TIMEOUT_MS / 1000, 1, 890)),
    // The run gets exactly what the input schema returned, so the narrower parameter type holds.
    handle: (run) => {
      if (typeof run !== 'function') {
        throw new InvalidDefinitionError(
          `Expected handle() of job type "${options.type}" to be given a function, got ${valueInWords(run)}.`,
        );
      }
      return { kind: 'job-handler', definition, run: run as HandlerFunction<unknown, unknown> };
    },
  };
  return definition;
}

function whole(value: number): number {
  return Math.floor(value);
}

function toMs(seconds: number): number {
  return Math.round(seconds * 1000);
}

export function isJobDefinition(value: unknown): value is AnyJobDefinition {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'job-definition';
}

export function isJobHandler(value: unknown): value is JobHandler {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'job-handler';
}
