import {
  type AnyJobDefinition,
  defineJob,
  type HandlerFunction,
  type JobDefinitionOptions,
  type JobHandler,
  type StandardSchema,
} from '../../lib/core/index.ts';
import {
  createFakeClock,
  createMemoryStack,
  type MemoryStack,
  type MemoryStackOptions,
} from '../../lib/testing/index.ts';

/** A schema that takes everything as it is. */
export const anything: StandardSchema<unknown> = {
  '~standard': { version: 1, vendor: 'test', validate: (value) => ({ value }) },
};

type Options = Partial<JobDefinitionOptions<unknown, unknown, unknown>>;

/** A job type whose handler is the given function. */
export function jobOf(
  type: string,
  run: HandlerFunction<unknown, unknown>,
  options: Options = {},
): JobHandler & { readonly definition: AnyJobDefinition } {
  return defineJob({ input: anything, ...options, type }).handle(run);
}

export const echo = jobOf('echo', (input) => input);

/** Always throws. */
export const thrower = jobOf('thrower', () => {
  throw new Error('It does not work.');
});

/** Starts and never ends, whatever its signal says. */
export const deaf = jobOf('deaf', () => new Promise(() => {}));

export type Fixture = MemoryStack & {
  /** Everything that handlers wrote down, in order. */
  readonly seen: string[];
};

interface Tools {
  readonly seen: string[];
  /** Waits on the stack's clock; wakes early when the signal aborts. */
  readonly sleep: (delayMs: number, signal?: AbortSignal) => Promise<void>;
  readonly now: () => number;
}

/** A fresh stack whose handlers share its clock and can write down what happened. */
export function setup(
  handlersOf: (tools: Tools) => readonly JobHandler[] = () => [echo],
  options: Omit<MemoryStackOptions, 'handlers' | 'clock'> = {},
): Fixture {
  const clock = createFakeClock();
  const seen: string[] = [];
  const handlers = handlersOf({
    seen,
    sleep: (delayMs, signal) => clock.sleep(delayMs, signal),
    now: () => clock.now(),
  });
  return Object.assign(createMemoryStack({ ...options, handlers, clock }), { seen });
}

/** A message for an id, as somebody with access to the queue could send it. */
export function messageOf(id: string, marks: Readonly<Record<string, unknown>> = {}): string {
  return JSON.stringify({ v: 1, id, ...marks });
}

/** The item of a job as the documentation's smallest put has it. */
export function rawPut(
  fields: Readonly<Record<string, unknown>> & { readonly id: string },
): Readonly<Record<string, unknown>> {
  return { type: 'echo', status: 'queued', input: '{}', lane: 'default#live#0', ...fields };
}
