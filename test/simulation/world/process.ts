import { setMaxListeners } from 'node:events';
import type { Clock } from '../../../lib/core/index.ts';
import { MAX_SKEW_MS } from '../faults/fault-kinds.ts';
import type { Scheduler, Timer } from '../kernel/scheduler.ts';

/** How long a process looks for memory that is not there. */
const EXHAUSTED_MS = 1_000;

/** What a process is started for. */
export type ProcessKind = 'submitter' | 'producer' | 'consumer' | 'person';

/**
 * One process: a submitter, or one invocation of a function. Everything that it hears (answers, the end of a sleep, its own
 * end) goes through `deliver`, so what nothing is delivered to does nothing.
 *
 * States: running; paused, when deliveries wait and then come all at once; dead, when they are dropped.
 */
export class Process {
  readonly name: string;
  readonly kind: ProcessKind;
  readonly skewMs: number;
  /** True time. */
  readonly startedAt: number;
  readonly clock: Clock;
  private readonly scheduler: Scheduler;
  private readonly calls = new Map<string, number>();
  private readonly held: (() => void)[] = [];
  private readonly ends: (() => void)[] = [];
  private stopping: AbortController | undefined;
  private isDead = false;
  private isPaused = false;

  constructor(options: {
    readonly name: string;
    readonly kind: ProcessKind;
    readonly skewMs: number;
    readonly scheduler: Scheduler;
  }) {
    this.name = options.name;
    this.kind = options.kind;
    this.skewMs = options.skewMs;
    this.scheduler = options.scheduler;
    this.startedAt = options.scheduler.now;
    this.clock = {
      now: () => this.scheduler.now + this.skewMs,
      sleep: (delayMs, signal) => this.sleep(delayMs, signal),
    };
  }

  get isAlive(): boolean {
    return !this.isDead;
  }

  /** The name of the next occasion of a kind in this process. */
  nextName(what: string): string {
    const count = this.calls.get(what) ?? 0;
    this.calls.set(what, count + 1);
    return `${this.name}/${what}#${count}`;
  }

  /** Lets the process go on with something, now or when it is no longer paused; never, once it is dead. */
  deliver(goOn: () => void): void {
    if (this.isDead) {
      return;
    }
    if (this.isPaused) {
      this.held.push(goOn);
      return;
    }
    goOn();
  }

  /** Aborted when the process is asked to stop. */
  get stop(): AbortSignal {
    return this.stopper.signal;
  }

  /** Asks the process to stop soon, as a signal from outside does. */
  askToStop(): void {
    this.deliver(() => this.stopper.abort());
  }

  die(): void {
    if (this.isDead) {
      return;
    }
    this.isDead = true;
    this.held.length = 0;
    for (const end of this.ends) {
      end();
    }
  }

  onDeath(end: () => void): void {
    this.ends.push(end);
  }

  /** Its memory is used up: for a while it gets nothing done any more, then it is ended. */
  exhaust(): void {
    this.pause();
    this.scheduler.after(EXHAUSTED_MS, () => this.die());
  }

  pause(): void {
    this.isPaused = true;
  }

  /** What was held comes one by one: what follows from the first may end the process before the second. */
  resume(): void {
    this.isPaused = false;
    for (const next of this.held.splice(0)) {
      this.scheduler.after(0, () => this.deliver(next));
    }
  }

  /** Made for who asks: most processes never do, and it is dear. */
  private get stopper(): AbortController {
    if (this.stopping === undefined) {
      this.stopping = new AbortController();
      setMaxListeners(0, this.stopping.signal);
    }
    return this.stopping;
  }

  private sleep(delayMs: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted === true) {
      return Promise.resolve();
    }
    return new Promise((resolve) => {
      let timer: Timer | undefined;
      const wake = (): void => {
        timer?.cancel();
        signal?.removeEventListener('abort', wake);
        resolve();
      };
      timer = this.scheduler.after(delayMs, () => this.deliver(wake));
      signal?.addEventListener('abort', wake);
    });
  }
}

/** How wrong a struck clock is. */
export function skewMs(drawn: number): number {
  return Math.round((drawn * 2 - 1) * MAX_SKEW_MS);
}
