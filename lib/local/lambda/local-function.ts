import type { FunctionPlan } from '../template/plan.ts';
import type { InvokeRequest, InvokeResult, LogLine } from './invocation.ts';
import type { RuntimeApi } from './runtime-api.ts';

export interface LocalFunctionOptions {
  readonly plan: FunctionPlan;
  readonly region: string;
  readonly accountId: string;
  /** Added to the template's environment and stronger than it: endpoints, credentials. */
  readonly environment: Readonly<Record<string, string>>;
  /** The one server that all functions of a stack share. */
  readonly runtimeApi: RuntimeApi;
  readonly onLine: (line: LogLine) => void;
}

/** A function that runs on this machine, each environment a process of its own. */
export interface LocalFunction {
  readonly name: string;
  /** Waits for the answer, like the Invoke API with `RequestResponse`. Never rejects. */
  invoke(request: InvokeRequest): Promise<InvokeResult>;
  /** Returns at once, like the Invoke API with `Event`; retries as the template's event invoke config says. */
  invokeAsync(request: InvokeRequest): void;
  /** No new invocations; SIGTERM to each environment, then up to `graceMs` for what runs, then SIGKILL. */
  stop(options: { readonly graceMs: number }): Promise<void>;
}

export const startFunction = (_options: LocalFunctionOptions): LocalFunction => {
  throw new Error('not built yet');
};
