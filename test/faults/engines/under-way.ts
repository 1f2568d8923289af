/** Real requests that have no answer yet. Simulated time stands still as long as there are any. */
export class UnderWay {
  private readonly all = new Set<Promise<unknown>>();

  get count(): number {
    return this.all.size;
  }

  /** Follows something up; the value comes to the caller as ever. */
  track<Value>(work: Promise<Value>): Promise<Value> {
    const tracked: Promise<unknown> = work.then(
      () => this.all.delete(tracked),
      () => this.all.delete(tracked),
    );
    this.all.add(tracked);
    return work;
  }

  /** Resolves once nothing is under way. */
  async settle(): Promise<void> {
    while (this.all.size > 0) await Promise.all(this.all);
  }
}
