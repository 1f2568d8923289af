import type { Spawner } from '../processes/index.ts';
import type { FunctionPlan } from '../template/plan.ts';
import { AsyncInvoker } from './async-invoker.ts';
import type { CodeTrial } from './code-trial.ts';
import { EnvironmentPool } from './environment-pool.ts';
import type { InvokeRequest, InvokeResult, LogLine } from './invocation.ts';
import type { RuntimeApi } from './runtime-api.ts';

export interface LocalFunctionOptions {
  readonly plan: FunctionPlan;
  readonly region: string;
  /** Added to the template's environment and stronger than it: endpoints, credentials. */
  readonly environment: Readonly<Record<string, string>>;
  /** The one server that all functions of a stack share. */
  readonly runtimeApi: RuntimeApi;
  readonly spawner: Spawner;
  readonly onLine: (line: LogLine) => void;
  /** @default 20 */
  readonly maxUnreservedEnvironments?: number;
  /** @default 5 minutes */
  readonly idleTimeoutMs?: number;
  /** @default 30 seconds; Lambda gives ten, but a laptop may be busy with a dozen other starts */
  readonly initTimeoutMs?: number;
}

/** A function that runs on this machine, each environment a process of its own. */
export interface LocalFunction {
  readonly name: string;
  /** Waits for the answer, like the Invoke API with `RequestResponse`. Never rejects. */
  invoke(request: InvokeRequest): Promise<InvokeResult>;
  /** Returns at once, like the Invoke API with `Event`; retries as the template's event invoke config says. */
  invokeAsync(request: InvokeRequest): void;
  /** Starts one environment on this code; it serves nothing until the code is adopted. */
  tryCode(codeDirectory: string, signal: AbortSignal): Promise<CodeTrial>;
  /**
   * No new invocations; SIGTERM to each environment, then up to `graceMs` for what runs, then SIGKILL. May be called
   * again with less patience.
   */
  stop(options: { readonly graceMs: number }): Promise<void>;
}

const DEFAULT_MAX_UNRESERVED_ENVIRONMENTS = 20;
const DEFAULT_IDLE_TIMEOUT_MS = 300_000;
const DEFAULT_INIT_TIMEOUT_MS = 30_000;

/** Starts no process: a trial of its code or the first invocation does. */
export const startFunction = (options: LocalFunctionOptions): LocalFunction => {
  const { plan, onLine } = options;
  const pool = new EnvironmentPool({
    ...options,
    maxUnreservedEnvironments: options.maxUnreservedEnvironments ?? DEFAULT_MAX_UNRESERVED_ENVIRONMENTS,
    idleTimeoutMs: options.idleTimeoutMs ?? DEFAULT_IDLE_TIMEOUT_MS,
    initTimeoutMs: options.initTimeoutMs ?? DEFAULT_INIT_TIMEOUT_MS,
  });
  const invoke = (request: InvokeRequest) => pool.invoke(request);
  const asyncInvoker = new AsyncInvoker({
    config: plan.asyncInvoke,
    invoke,
    onDropped: (reason) =>
      onLine({ functionName: plan.name, stream: 'stderr', text: `An asynchronous event is dropped: ${reason}.` }),
  });
  return {
    name: plan.name,
    invoke,
    invokeAsync: (request) => asyncInvoker.invoke(request),
    tryCode: (codeDirectory, signal) => pool.tryCode(codeDirectory, signal),
    stop: async (stopOptions) => {
      asyncInvoker.stop();
      await pool.stop(stopOptions);
    },
  };
};
