/** Something that will happen at a time, unless it is called off before. */
export interface Timer {
  cancel(): void;
}

interface Entry {
  readonly at: number;
  readonly order: number;
  run: (() => void) | undefined;
}

/** 1 January 2026. */
export const START_AT = 1_767_225_600_000;

/**
 * The time of a simulated world: what is to happen lies in a heap, and time jumps from one event to the next. Events of one time
 * happen in the order in which they were asked for, so a world that draws everything else from its seed has one course only.
 */
export class Scheduler {
  private readonly heap: Entry[] = [];
  private time = START_AT;
  private count = 0;
  private failure: { readonly error: unknown } | undefined;

  /** True time, epoch milliseconds; what a process believes may differ. */
  get now(): number {
    return this.time;
  }

  /** How many events were asked for. */
  get events(): number {
    return this.count;
  }

  after(delayMs: number, run: () => void): Timer {
    this.count += 1;
    const entry: Entry = { at: this.time + Math.ceil(Math.max(0, delayMs)), order: this.count, run };
    this.push(entry);
    return {
      cancel: () => {
        entry.run = undefined;
      },
    };
  }

  /** Follows something up that is done, or will be, without waiting for it here; a failure ends the run. */
  follow<Value>(work: Promise<Value>, then: (value: Value) => void = () => {}): void {
    work.then(then).catch((error: unknown) => {
      this.failure ??= { error };
    });
  }

  /**
   * Lets events happen, each with all that follows from it at once, until it is over, nothing is left or the time is up.
   *
   * @throws whatever was followed up and failed: an error of the simulation itself
   */
  async run(isOver: () => boolean, until: number): Promise<'over' | 'idle' | 'time-is-up'> {
    await settle();
    while (!isOver()) {
      const next = this.pop();
      if (next === undefined) {
        return 'idle';
      }
      if (next.run === undefined) {
        continue;
      }
      if (next.at > until) {
        return 'time-is-up';
      }
      this.time = next.at;
      next.run();
      await settle();
      if (this.failure !== undefined) {
        throw this.failure.error;
      }
    }
    return 'over';
  }

  private push(entry: Entry): void {
    const { heap } = this;
    let index = heap.length;
    heap.push(entry);
    while (index > 0) {
      const parent = (index - 1) >>> 1;
      const above = heap[parent];
      if (above === undefined || isBefore(above, entry)) {
        break;
      }
      heap[index] = above;
      index = parent;
    }
    heap[index] = entry;
  }

  private pop(): Entry | undefined {
    const { heap } = this;
    const first = heap[0];
    const last = heap.pop();
    if (first === undefined || last === undefined || heap.length === 0) {
      return first;
    }
    let index = 0;
    for (;;) {
      const left = heap[2 * index + 1];
      const right = heap[2 * index + 2];
      const isRight = left !== undefined && right !== undefined && isBefore(right, left);
      const child = isRight ? right : left;
      if (child === undefined || isBefore(last, child)) {
        break;
      }
      heap[index] = child;
      index = 2 * index + (isRight ? 2 : 1);
    }
    heap[index] = last;
    return first;
  }
}

function isBefore(left: Entry, right: Entry): boolean {
  return left.at < right.at || (left.at === right.at && left.order < right.order);
}

/** A tick begins after all promises that can be settled are; nothing in a simulated world waits for anything else. */
function settle(): Promise<void> {
  return new Promise((resolve) => {
    process.nextTick(resolve);
  });
}
