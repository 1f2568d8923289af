import { availableParallelism } from 'node:os';
import type { FunctionPlan } from '../template/plan.ts';
import { type AdoptOptions, type CodeTrial, toRefusal, withoutInitError } from './code-trial.ts';
import { Environment, type EnvironmentOptions } from './environment.ts';
import type { InvokeRequest, InvokeResult, LogLine } from './invocation.ts';
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
  /** On code that nobody has adopted yet; they serve nothing. */
  private readonly trials = new Set<Environment>();
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
    const all = [...this.environments, ...this.trials];
    await Promise.all(all.map((environment) => environment.stop(options)));
  }

  /**
   * Starts one environment on this code beside those that serve. Nothing changes for invocations until the code is adopted,
   * and a refusal is told to the caller alone. Resolves with `stopped` soon after the signal.
   */
  tryCode(codeDirectory: string, signal: AbortSignal): Promise<CodeTrial> {
    if (this.isClosed || signal.aborted) return Promise.resolve({ kind: 'stopped' });
    const held: LogLine[] = [];
    let onLine: (line: LogLine) => void = (line) => held.push(line);
    const release = (lines: readonly LogLine[]): void => {
      ({ onLine } = this.options);
      lines.forEach(onLine);
    };
    return new Promise((settle) => {
      const giveUp = (): Promise<void> => environment.stop({ graceMs: REAP_GRACE_MS });
      const onAbort = (): void => {
        giveUp().catch(() => {});
      };
      const member = this.createMember(() => environment);
      const isAdopted = (): boolean => this.environments.has(environment);
      const environment: Environment = new Environment({
        ...this.options,
        plan: { ...this.plan, codeDirectory },
        onLine: (line) => onLine(line),
        onIdle: () => {
          if (isAdopted()) return member.onIdle();
          signal.removeEventListener('abort', onAbort);
          release(held.splice(0));
          const adopt = (options: AdoptOptions): Promise<void> =>
            this.adopt(codeDirectory, options, environment, member.onIdle);
          settle({ kind: 'loaded', adopt, discard: giveUp });
        },
        onEnded: (initError) => {
          signal.removeEventListener('abort', onAbort);
          if (!this.trials.delete(environment)) return member.onEnded(initError);
          const isStopped = this.isClosed || signal.aborted;
          if (!isStopped) release(withoutInitError(held.splice(0)));
          settle(isStopped ? { kind: 'stopped' } : toRefusal(codeDirectory, initError));
        },
      });
      this.trials.add(environment);
      signal.addEventListener('abort', onAbort, { once: true });
    });
  }

  private async adopt(
    codeDirectory: string,
    { endsRunning }: AdoptOptions,
    trial: Environment,
    takeIn: () => void,
  ): Promise<void> {
    this.plan = { ...this.plan, codeDirectory };
    this.idle.length = 0;
    const before = [...this.environments];
    for (const environment of before) {
      this.outdated.add(environment);
      if (environment.isBusy && !endsRunning) continue;
      // Whoever runs has until the function's own timeout, which ends it in any case.
      const graceMs = environment.isBusy ? this.plan.timeoutSeconds * 1_000 : REAP_GRACE_MS;
      environment.stop({ graceMs }).catch(() => {});
    }
    // It may have ended meanwhile; then this code starts as any other does.
    if (this.trials.delete(trial)) {
      this.environments.add(trial);
      takeIn();
    } else if (!this.isClosed) {
      this.serve();
    }
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
    const member = this.createMember(() => environment);
    const environment: Environment = new Environment({ ...this.options, plan: this.plan, ...member });
    this.environments.add(environment);
  }

  /** What an environment of the pool tells the pool. */
  private createMember(self: () => Environment): Pick<EnvironmentOptions, 'onIdle' | 'onEnded'> {
    let idleTimer: NodeJS.Timeout | undefined;
    const leaveIdle = (): void => {
      const position = this.idle.indexOf(self());
      if (position !== -1) this.idle.splice(position, 1);
    };
    const reap = (): void => {
      self()
        .stop({ graceMs: REAP_GRACE_MS })
        .catch(() => {});
    };
    return {
      onIdle: () => {
        clearTimeout(idleTimer);
        if (this.outdated.has(self())) {
          reap();
          return;
        }
        this.idle.push(self());
        this.serve();
        idleTimer = setTimeout(() => {
          if (!this.idle.includes(self())) return;
          leaveIdle();
          reap();
        }, this.options.idleTimeoutMs);
        idleTimer.unref();
      },
      onEnded: (initError) => {
        clearTimeout(idleTimer);
        leaveIdle();
        this.environments.delete(self());
        const wasOutdated = this.outdated.delete(self());
        // An init error answers one invocation, as on Lambda; the next one tries a new environment.
        if (initError !== undefined && !wasOutdated) this.waiting.shift()?.settle(initError);
        if (!this.isClosed) this.serve();
      },
    };
  }
}
