/** Patience at a stop: how long running handlers may take. */
export interface StopOptions {
  readonly graceMs: number;
}

export type Release = (options: StopOptions) => Promise<unknown>;

/** What a stack holds, given back in the reverse order. One failure keeps nothing else from being given back. */
export class Releases {
  private readonly stack: Release[] = [];

  push(release: Release): void {
    this.stack.push(release);
  }

  async run(options: StopOptions): Promise<void> {
    const errors: unknown[] = [];
    for (let release = this.stack.pop(); release !== undefined; release = this.stack.pop()) {
      try {
        await release(options);
      } catch (error) {
        errors.push(error);
      }
    }
    if (errors.length > 0) {
      throw new AggregateError(errors, 'The stack did not stop in an orderly way.');
    }
  }
}
