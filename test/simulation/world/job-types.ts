import {
  type AnyJobDefinition,
  defineJob,
  type JobContext,
  type JobHandler,
  PermanentError,
  RetryLater,
  type StandardSchema,
} from '../../../lib/core/index.ts';
import type { HandlerEnd } from './observed.ts';
import type { Process } from './process.ts';

/** What a handler does in one attempt. */
export type Step =
  | { readonly do: 'return' | 'throw' | 'permanent'; readonly afterMs: number }
  /** Ends its process, and all that runs in it. */
  | { readonly do: 'exit' | 'run-out-of-memory'; readonly afterMs: number }
  | { readonly do: 'later'; readonly seconds: number }
  /** Works on, and tells its progress at half time. */
  | { readonly do: 'progress'; readonly afterMs: number }
  /** Ends by its signal only. */
  | { readonly do: 'heed' }
  /** Ends by nothing but its process. */
  | { readonly do: 'hang' };

/** What it does attempt by attempt; the last goes for all that follow. */
export type Script = readonly Step[];

const anything: StandardSchema<unknown> = {
  '~standard': { version: 1, vendor: 'simulation', validate: (value) => ({ value }) },
};

/** The one job type of simulations: its input says what its handler does. */
export const scripted = defineJob({
  type: 'scripted',
  input: anything,
  timeoutSeconds: 20,
  retry: { maxAttempts: 3, maxCrashes: 2, maxDelaySeconds: 120 },
});

/** A type that a deployment has yet to bring. */
export const novel = defineJob({ ...plainOf(scripted), type: 'novel' });

function plainOf(definition: AnyJobDefinition) {
  return { input: anything, timeoutSeconds: definition.timeoutMs / 1_000, retry: { maxAttempts: 3, maxCrashes: 2 } };
}

/** Told when a handler starts and how it ended. */
export interface Watch {
  start(context: JobContext): WatchedRun;
}

export interface WatchedRun {
  ended(end: HandlerEnd): void;
  /** It is about to end its process. */
  ends(how: 'exit' | 'run-out-of-memory'): void;
}

/** A scripted handler that runs in a process, and ends with it. */
export function createHandler(definition: typeof scripted, process: Process, watch: Watch): JobHandler {
  return definition.handle(async (input, context) => {
    const run = watch.start(context);
    try {
      const result = await play(stepOf(input as Script, context.attempt), process, context, run);
      run.ended({ how: 'returned', result: JSON.stringify(result) });
      return result;
    } catch (error) {
      run.ended({ how: 'threw', error });
      throw error;
    }
  });
}

function stepOf(script: Script, attempt: number): Step {
  return script[Math.min(attempt, script.length) - 1] ?? { do: 'return', afterMs: 0 };
}

async function play(step: Step, process: Process, context: JobContext, run: WatchedRun): Promise<unknown> {
  const result = { attempt: context.attempt, by: process.name };
  const { clock } = process;
  switch (step.do) {
    case 'return':
      await clock.sleep(step.afterMs, context.signal);
      return result;
    case 'progress':
      await clock.sleep(step.afterMs / 2, context.signal);
      await context.progress({ attempt: context.attempt });
      await clock.sleep(step.afterMs / 2, context.signal);
      return result;
    case 'throw':
      await clock.sleep(step.afterMs, context.signal);
      throw new Error(`Attempt ${context.attempt} throws.`);
    case 'permanent':
      await clock.sleep(step.afterMs, context.signal);
      throw new PermanentError(`Attempt ${context.attempt} gives up.`);
    case 'later':
      throw new RetryLater(`Attempt ${context.attempt} wants to wait.`, { delaySeconds: step.seconds });
    case 'exit':
      await clock.sleep(step.afterMs, context.signal);
      run.ends(step.do);
      process.die();
      return await never();
    case 'run-out-of-memory':
      await clock.sleep(step.afterMs, context.signal);
      run.ends(step.do);
      process.exhaust();
      return await never();
    case 'heed':
      await clock.sleep(Number.MAX_SAFE_INTEGER / 1e6, context.signal);
      throw new Error('Told to stop.');
    case 'hang':
      return await never();
  }
}

function never(): Promise<never> {
  return new Promise(() => {});
}
