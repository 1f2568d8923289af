import { availableParallelism } from 'node:os';
import type { FunctionPlan } from '../template/plan.ts';
import { Environment, type EnvironmentOptions } from './environment.ts';
import type { InvokeRequest, InvokeResult } from './invocation.ts';
import { MAX_PAYLOAD_BYTES } from './limits.ts';

export type EnvironmentPoolOptions = Omit<EnvironmentOptions, 'onIdle' | 'onEnded'> & {
  /** Environments of a function without reserved concurrency. An account has a thousand, a laptop has not. */
  readonly maxUnreservedEnvironments: number;
  readonly idleTimeoutMs: number;
};

interface Waiting {
  readonly request: InvokeRequest;
  readonly settle: (result: InvokeResult) => void;
}

/** Starting a process is work for a processor, and more starts at once than processors make all of them slower. */
const MAX_STARTING = Math.max(2, availableParallelism());

/** A runtime that is idle ends at once on SIGTERM. */
const REAP_GRACE_MS = 2_000;

/**
 * The environments of one function. An invocation takes the one that was idle last, so that those beyond the need stay
 * idle and are reaped; when all are busy another one is started, and whichever is free first takes it.
 *
 * States: open, then closed by {@link stop}, after which nothing is started and nothing is taken.
 */
export class EnvironmentPool {
  private readonly options: EnvironmentPoolOptions;
  private readonly environments = new Set<Environment>();
  private readonly idle: Environment[] = [];
  private readonly waiting: Waiting[] = [];
  /** Of the code before; they end, the busy ones after what they run. */
  private readonly outdated = new Set<Environment>();
  private plan: FunctionPlan;
  private inFlight = 0;
  private isClosed = false;

  constructor(options: EnvironmentPoolOptions) {
    this.options = options;
    this.plan = options.plan;
  }

  async invoke(request: InvokeRequest): Promise<InvokeResult> {
    const reserved = this.plan.reservedConcurrentExecutions;
    if (this.isClosed) return { kind: 'stopped' };
    if (Buffer.byteLength(request.payload) > MAX_PAYLOAD_BYTES) return { kind: 'too-large' };
    if (reserved !== undefined && this.inFlight >= reserved) return { kind: 'throttled' };
    this.inFlight += 1;
    try {
      return await new Promise((settle) => {
        this.waiting.push({ request, settle });
        this.serve();
      });
    } finally {
      this.inFlight -= 1;
    }
  }

  async stop(options: { readonly graceMs: number }): Promise<void> {
    this.isClosed = true;
    for (const { settle } of this.waiting.splice(0)) settle({ kind: 'stopped' });
    await Promise.all([...this.environments].map((environment) => environment.stop(options)));
  }

  /**
   * From now on invocations start on this code, those that wait included. Resolves once nothing runs on the code before;
   * what runs is not told to hurry.
   */
  async replaceCode(codeDirectory: string): Promise<void> {
    this.plan = { ...this.plan, codeDirectory };
    this.idle.length = 0;
    const before = [...this.environments];
    for (const environment of before) {
      this.outdated.add(environment);
      if (!environment.isBusy) environment.stop({ graceMs: REAP_GRACE_MS }).catch(() => {});
    }
    if (!this.isClosed) this.serve();
    await Promise.all(before.map((environment) => environment.ended));
  }

  private serve(): void {
    while (this.waiting.length > 0) {
      const environment = this.idle.pop();
      if (environment === undefined) break;
      const next = this.waiting.shift();
      if (next !== undefined) environment.run(next.request).then(next.settle, () => {});
    }
    const max = this.plan.reservedConcurrentExecutions ?? this.options.maxUnreservedEnvironments;
    const starting = [...this.environments].filter(
      (environment) => environment.isStarting && !this.outdated.has(environment),
    ).length;
    const wanted = Math.min(this.waiting.length, MAX_STARTING) - starting;
    const room = max - this.environments.size;
    for (let count = Math.min(wanted, room); count > 0; count -= 1) this.tryStart();
  }

  private tryStart(): void {
    try {
      this.start();
    } catch (error) {
      const errorType = 'Runtime.StartFailed';
      const errorMessage = error instanceof Error ? error.message : String(error);
      const payload = JSON.stringify({ errorType, errorMessage });
      this.waiting.shift()?.settle({ kind: 'function-error', requestId: '', errorType, errorMessage, payload });
    }
  }

  private start(): void {
    let idleTimer: NodeJS.Timeout | undefined;
    const leaveIdle = (): void => {
      const position = this.idle.indexOf(environment);
      if (position !== -1) this.idle.splice(position, 1);
    };
    const environment = new Environment({
      ...this.options,
      plan: this.plan,
      onIdle: () => {
        clearTimeout(idleTimer);
        if (this.outdated.has(environment)) {
          environment.stop({ graceMs: REAP_GRACE_MS }).catch(() => {});
          return;
        }
        this.idle.push(environment);
        this.serve();
        idleTimer = setTimeout(() => {
          if (!this.idle.includes(environment)) return;
          leaveIdle();
          environment.stop({ graceMs: REAP_GRACE_MS }).catch(() => {});
        }, this.options.idleTimeoutMs);
        idleTimer.unref();
      },
      onEnded: (initError) => {
        clearTimeout(idleTimer);
        leaveIdle();
        this.environments.delete(environment);
        const wasOutdated = this.outdated.delete(environment);
        // An init error answers one invocation, as on Lambda; the next one tries a new environment.
        if (initError !== undefined && !wasOutdated) this.waiting.shift()?.settle(initError);
        if (!this.isClosed) this.serve();
      },
    });
    this.environments.add(environment);
  }
}
