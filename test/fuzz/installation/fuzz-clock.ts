import type { Clock } from '../../../lib/core/index.ts';

/** 1 January 2026. */
export const START_AT = 1_767_225_600_000;

/**
 * Time for work that waits for real sockets, too: it moves when it is told to, and a sleep is over once everything that could
 * happen meanwhile has happened. In `passing` a sleep also takes its time.
 */
export class FuzzClock implements Clock {
  time = START_AT;

  now(): number {
    return this.time;
  }

  sleep(_delayMs: number, signal?: AbortSignal): Promise<void> {
    return signal?.aborted === true ? Promise.resolve() : new Promise((resolve) => setImmediate(resolve));
  }

  readonly passing: Clock = {
    now: () => this.time,
    sleep: async (delayMs, signal) => {
      await this.sleep(delayMs, signal);
      this.time += Math.ceil(delayMs);
    },
  };
}
