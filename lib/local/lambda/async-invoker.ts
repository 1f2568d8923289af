import type { FunctionPlan } from '../template/plan.ts';
import type { InvokeRequest, InvokeResult } from './invocation.ts';

export interface AsyncInvokerOptions {
  readonly config: FunctionPlan['asyncInvoke'];
  readonly invoke: (request: InvokeRequest) => Promise<InvokeResult>;
  /** An event that is given up: its age or its attempts are used up. */
  readonly onDropped: (reason: string) => void;
}

/** Lambda waits one minute before the second attempt at a failed event and two before the third. */
const RETRY_AFTER_ERROR_MS = [60_000, 120_000] as const;
const FIRST_THROTTLE_BACKOFF_MS = 1_000;
const MAX_THROTTLE_BACKOFF_MS = 300_000;

/** Lambda's queue for asynchronous invocations: an event waits out throttling until it is too old, and errors are retried. */
export class AsyncInvoker {
  private readonly options: AsyncInvokerOptions;
  private readonly timers = new Set<NodeJS.Timeout>();
  private isStopped = false;

  constructor(options: AsyncInvokerOptions) {
    this.options = options;
  }

  invoke(request: InvokeRequest): void {
    const diesAt = Date.now() + this.options.config.maximumEventAgeSeconds * 1_000;
    let errors = 0;
    let backoffMs = FIRST_THROTTLE_BACKOFF_MS;

    const attemptAfter = (delayMs: number): void => {
      if (this.isStopped) return;
      if (Date.now() + delayMs > diesAt) {
        this.options.onDropped(`it is older than ${this.options.config.maximumEventAgeSeconds} s`);
        return;
      }
      const timer = setTimeout(() => {
        this.timers.delete(timer);
        attempt();
      }, delayMs);
      timer.unref();
      this.timers.add(timer);
    };

    const onResult = (result: InvokeResult): void => {
      switch (result.kind) {
        case 'success':
        case 'stopped':
          return;
        case 'too-large':
          this.options.onDropped('it is larger than Lambda takes');
          return;
        case 'throttled':
          attemptAfter(backoffMs);
          backoffMs = Math.min(backoffMs * 2, MAX_THROTTLE_BACKOFF_MS);
          return;
        case 'function-error': {
          const delayMs = RETRY_AFTER_ERROR_MS[errors];
          errors += 1;
          if (delayMs !== undefined && errors <= this.options.config.maximumRetryAttempts) attemptAfter(delayMs);
          else this.options.onDropped(`it failed ${errors} times, at last with ${result.errorType}`);
        }
      }
    };

    const attempt = (): void => {
      this.options.invoke(request).then(onResult, () => {});
    };
    attempt();
  }

  stop(): void {
    this.isStopped = true;
    for (const timer of this.timers) clearTimeout(timer);
    this.timers.clear();
  }
}
