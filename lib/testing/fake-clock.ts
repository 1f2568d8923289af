import type { Clock } from '../core/index.ts';

/** A clock whose time stands still until the test moves it. */
export interface FakeClock extends Clock {
  /** Moves time on, waking whoever sleeps in between at exactly its time, and lets each do what it then can. */
  advance(delayMs: number): Promise<void>;
  /**
   * Moves time from sleeper to sleeper until the work has ended, and answers what it came to.
   *
   * @throws Error when the work waits for something that time does not bring
   */
  run<Result>(work: Promise<Result>): Promise<Result>;
  /** Lets everything happen that does not wait for time. */
  settle(): Promise<void>;
  /** How many wait for time to pass. */
  sleepers(): number;
}

interface Sleeper {
  readonly wakeAt: number;
  readonly wake: () => void;
}

/** So many looks at the clock without its moving are a loop that will not end. */
const MAX_LOOKS = 1_000_000;
/** 1 January 2026. */
const START_AT = 1_767_225_600_000;

export function createFakeClock(startAt = START_AT): FakeClock {
  return new SteppedClock(startAt);
}

class SteppedClock implements FakeClock {
  private time: number;
  private looks = 0;
  /** In the order in which they fell asleep, which decides among those of one time. */
  private readonly asleep = new Set<Sleeper>();

  constructor(startAt: number) {
    this.time = startAt;
  }

  now(): number {
    this.looks += 1;
    if (this.looks > MAX_LOOKS) {
      throw new Error(`The clock was read ${MAX_LOOKS} times while time stood still: a loop that does not wait.`);
    }
    return this.time;
  }

  sleep(delayMs: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted === true) {
      return Promise.resolve();
    }
    return new Promise((resolve) => {
      const wake = (): void => {
        this.asleep.delete(sleeper);
        signal?.removeEventListener('abort', wake);
        resolve();
      };
      const sleeper: Sleeper = { wakeAt: this.time + toWhole(delayMs), wake };
      this.asleep.add(sleeper);
      signal?.addEventListener('abort', wake);
    });
  }

  async advance(delayMs: number): Promise<void> {
    const until = this.time + toWhole(delayMs);
    await this.settle();
    for (let next = this.findNext(); next !== undefined && next.wakeAt <= until; next = this.findNext()) {
      await this.wakeUp(next);
    }
    this.moveTo(until);
    await this.settle();
  }

  async run<Result>(work: Promise<Result>): Promise<Result> {
    let isOver = false;
    const end = (): void => {
      isOver = true;
    };
    work.then(end, end);
    await this.settle();
    while (!isOver) {
      const next = this.findNext();
      if (next === undefined) {
        throw new Error('The work has not ended and nothing waits for time: it waits for something else, or for ever.');
      }
      await this.wakeUp(next);
    }
    return await work;
  }

  /** An immediate runs after all promises that can be settled are, and those only wait for each other here. */
  settle(): Promise<void> {
    return new Promise((resolve) => {
      setImmediate(resolve);
    });
  }

  sleepers(): number {
    return this.asleep.size;
  }

  private findNext(): Sleeper | undefined {
    let next: Sleeper | undefined;
    for (const sleeper of this.asleep) {
      next = next === undefined || sleeper.wakeAt < next.wakeAt ? sleeper : next;
    }
    return next;
  }

  private async wakeUp(sleeper: Sleeper): Promise<void> {
    this.moveTo(sleeper.wakeAt);
    sleeper.wake();
    await this.settle();
  }

  /** Never back: a test may have moved time while somebody was being woken. */
  private moveTo(time: number): void {
    this.looks = time > this.time ? 0 : this.looks;
    this.time = Math.max(this.time, time);
  }
}

/** Clocks tell whole milliseconds. */
function toWhole(delayMs: number): number {
  return Math.ceil(Math.max(0, delayMs));
}
