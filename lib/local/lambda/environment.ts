import { randomUUID } from 'node:crypto';
import type { Child, ChildExit, Spawner } from '../processes/index.ts';
import type { FunctionPlan } from '../template/plan.ts';
import { resolveBootstrap } from './bootstrap-entry.ts';
import { createEnvironmentVariables } from './environment-variables.ts';
import type { InvokeRequest, InvokeResult, LogLine } from './invocation.ts';
import { MAX_PAYLOAD_BYTES } from './limits.ts';
import type { EnvironmentEndpoint, NextInvocation, ReportedError, RuntimeApi } from './runtime-api.ts';

export interface EnvironmentOptions {
  readonly plan: FunctionPlan;
  readonly region: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly runtimeApi: RuntimeApi;
  readonly spawner: Spawner;
  readonly onLine: (line: LogLine) => void;
  /** The handler is loaded, or the last invocation is over: `run` may be called. */
  readonly onIdle: () => void;
  /** The process has ended. `initError` is there if it never was idle. */
  readonly onEnded: (initError: InvokeResult | undefined) => void;
  readonly initTimeoutMs: number;
}

interface Running {
  readonly requestId: string;
  readonly timer: NodeJS.Timeout;
  readonly settle: (result: InvokeResult) => void;
}

const toFunctionError = (
  requestId: string,
  errorType: string,
  message: string,
  payload?: string,
): InvokeResult & { readonly kind: 'function-error' } => {
  // Lambda words its own errors like this; what the code reports about itself goes out as it came in.
  const errorMessage = payload === undefined ? `RequestId: ${requestId} Error: ${message}` : message;
  return {
    kind: 'function-error',
    requestId,
    errorType,
    errorMessage,
    payload: payload ?? JSON.stringify({ errorType, errorMessage }),
  };
};

const describeExit = ({ code, signal }: ChildExit): string => {
  if (signal !== null) return `Runtime exited with error: signal: ${signal}`;
  return code === 0 ? 'Runtime exited without providing a reason' : `Runtime exited with error: exit status ${code}`;
};

const toTraceId = (): string => {
  const [first, ...rest] = [8, 24].map((length) => randomUUID().replaceAll('-', '').slice(0, length));
  return `Root=1-${first}-${rest.join('')};Parent=${randomUUID().replaceAll('-', '').slice(0, 16)};Sampled=0`;
};

/**
 * One process that runs one function, one invocation at a time.
 *
 * States: *starting* until the runtime inside asks for its first invocation; then *idle* and *busy* in turns; *ended*
 * when the process is gone, whoever ended it. An invocation is settled exactly once: by its answer, by its error, by its
 * timeout, or by the end of the process.
 */
export class Environment {
  private readonly options: EnvironmentOptions;
  private readonly id = randomUUID();
  private readonly child: Child;
  private readonly initTimer: NodeJS.Timeout;
  private handOut: ((invocation: NextInvocation) => void) | undefined;
  private running: Running | undefined;
  private wasIdle = false;
  private isStopped = false;
  private initError: InvokeResult | undefined;

  constructor(options: EnvironmentOptions) {
    this.options = options;
    const { plan, runtimeApi, spawner } = options;
    const day = new Date().toISOString().slice(0, 10).replaceAll('-', '/');
    const env = createEnvironmentVariables({
      plan,
      region: options.region,
      runtimeApi: runtimeApi.add(this.id, this.createEndpoint()),
      logStreamName: `${day}/[$LATEST]${this.id.replaceAll('-', '')}`,
      extra: options.environment,
      host: process.env,
    });
    this.child = spawner.spawn({
      name: plan.name,
      args: [`--max-old-space-size=${plan.memorySizeMb}`, resolveBootstrap()],
      env,
      cwd: plan.codeDirectory,
      onLine: (line) => options.onLine({ functionName: plan.name, ...line }),
    });
    this.initTimer = setTimeout(() => this.timeInitOut(), options.initTimeoutMs);
    this.child.exited.then(
      (exit) => this.end(exit),
      () => this.end({ code: null, signal: null }),
    );
  }

  get isStarting(): boolean {
    return !this.wasIdle;
  }

  get isBusy(): boolean {
    return this.running !== undefined;
  }

  /** Resolves once the process is gone. */
  get ended(): Promise<unknown> {
    return this.child.exited;
  }

  /** Only after `onIdle`, once. */
  run(request: InvokeRequest): Promise<InvokeResult> {
    const { plan } = this.options;
    const { handOut } = this;
    this.handOut = undefined;
    const requestId = randomUUID();
    const timeoutMs = plan.timeoutSeconds * 1_000;
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.fail(requestId, 'Sandbox.Timedout', `Task timed out after ${plan.timeoutSeconds.toFixed(2)} seconds`);
        this.child.kill();
      }, timeoutMs);
      this.running = { requestId, timer, settle: resolve };
      handOut?.({
        requestId,
        deadlineAt: Date.now() + timeoutMs,
        functionArn: plan.arn,
        traceId: request.traceId ?? toTraceId(),
        payload: request.payload,
      });
    });
  }

  /** SIGTERM, on which the runtime finishes what it runs and ends; SIGKILL after `graceMs`. */
  async stop({ graceMs }: { readonly graceMs: number }): Promise<void> {
    this.isStopped = true;
    if (this.isStarting) this.child.kill();
    await this.child.stop({ graceMs });
  }

  private createEndpoint(): EnvironmentEndpoint {
    return {
      onNext: (handOut) => {
        clearTimeout(this.initTimer);
        this.handOut = handOut;
        this.wasIdle = true;
        this.options.onIdle();
      },
      onResponse: (requestId, payload) => this.settle(requestId, { kind: 'success', requestId, payload }),
      onResponseTooLarge: (requestId) => {
        const message = `Response payload size exceeded maximum allowed payload size (${MAX_PAYLOAD_BYTES} bytes).`;
        return this.fail(requestId, 'Function.ResponseSizeTooLarge', message);
      },
      onError: (requestId, error) =>
        this.settle(requestId, toFunctionError(requestId, error.errorType, error.errorMessage, error.payload)),
      onInitError: ({ errorType, errorMessage, payload }: ReportedError) => {
        this.initError = toFunctionError(randomUUID(), errorType, errorMessage, payload);
      },
    };
  }

  private settle(requestId: string, result: InvokeResult): boolean {
    if (this.running?.requestId !== requestId) return false;
    const { timer, settle } = this.running;
    this.running = undefined;
    clearTimeout(timer);
    settle(result);
    return true;
  }

  /** Lambda's own verdict, which no code can have written to the log: so it is written for it. */
  private fail(requestId: string, errorType: string, message: string): boolean {
    const error = toFunctionError(requestId, errorType, message);
    const isSettled = this.settle(requestId, error);
    if (isSettled) this.log(error.errorMessage);
    return isSettled;
  }

  private failInit(errorType: string, message: string): InvokeResult {
    const error = toFunctionError(randomUUID(), errorType, message);
    if (!this.isStopped) this.log(error.errorMessage);
    return error;
  }

  private timeInitOut(): void {
    const message = `Init timed out after ${(this.options.initTimeoutMs / 1_000).toFixed(2)} seconds`;
    this.initError = this.failInit('Sandbox.Timedout', message);
    this.child.kill();
  }

  private log(text: string): void {
    this.options.onLine({ functionName: this.options.plan.name, stream: 'stderr', text });
  }

  private end(exit: ChildExit): void {
    clearTimeout(this.initTimer);
    this.options.runtimeApi.remove(this.id);
    if (this.running !== undefined) this.fail(this.running.requestId, 'Runtime.ExitError', describeExit(exit));
    const initError = this.wasIdle
      ? undefined
      : (this.initError ?? this.failInit('Runtime.ExitError', describeExit(exit)));
    this.options.onEnded(initError);
  }
}
