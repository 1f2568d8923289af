import type { InvokeResult, LogLine } from './invocation.ts';

/** Why code has not come through its init phase, as its runtime or Lambda words it. */
export interface Refusal {
  readonly kind: 'refused';
  readonly codeDirectory: string;
  readonly errorType: string;
  readonly errorMessage: string;
  /** Lines of the stack trace, in the bundle's own positions; empty where the process ended without a word. */
  readonly trace: readonly string[];
}

export interface AdoptOptions {
  /** Tells the invocations that run on the code before to come to an end, as a stop does. */
  readonly endsRunning: boolean;
}

/** What comes of starting one environment on new code. */
export type CodeTrial =
  | {
      readonly kind: 'loaded';
      /**
       * From now on invocations start on this code, those that wait included, and the environment of the trial takes the
       * first one. Resolves once nothing runs on the code before.
       */
      readonly adopt: (options: AdoptOptions) => Promise<void>;
      /** Resolves once the environment is gone. */
      readonly discard: () => Promise<void>;
    }
  | Refusal
  /** Given up by the caller or by the stop of the function. */
  | { readonly kind: 'stopped' };

/** Of an environment that has ended before it was idle. */
export function toRefusal(codeDirectory: string, initError: InvokeResult | undefined): Refusal {
  if (initError?.kind !== 'function-error') {
    return { kind: 'refused', codeDirectory, errorType: 'Runtime.ExitError', errorMessage: '', trace: [] };
  }
  const { errorType, payload } = initError;
  const { trace } = JSON.parse(payload) as { readonly trace?: unknown };
  return {
    kind: 'refused',
    codeDirectory,
    errorType,
    errorMessage: initError.errorMessage.replace(REQUEST_ID, ''),
    trace: Array.isArray(trace) ? trace.map(String) : [],
  };
}

/** Before what Lambda itself has to say about an environment. */
const REQUEST_ID = /^RequestId: \S+ Error: /;

const isInitError = ({ stream, text }: LogLine): boolean =>
  stream === 'stderr' && (text.startsWith('Init Error') || REQUEST_ID.test(text));

/** What the code itself has printed; what the runtime and Lambda print after it is the refusal. */
export function withoutInitError(lines: readonly LogLine[]): readonly LogLine[] {
  const end = lines.findIndex(isInitError);
  return end === -1 ? lines : lines.filter(({ stream }, index) => index < end || stream === 'stdout');
}
