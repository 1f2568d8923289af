export interface BackoffOptions {
  readonly firstMs: number;
  readonly maxMs: number;
}

/** Doubles from `firstMs` to `maxMs` with every failure in a row; a success starts it over. */
export class Backoff {
  private readonly options: BackoffOptions;
  private delayMs = 0;

  constructor(options: BackoffOptions) {
    this.options = options;
  }

  get isActive(): boolean {
    return this.delayMs > 0;
  }

  /** Counts a failure and says how long to wait. */
  fail(): number {
    this.delayMs = this.delayMs === 0 ? this.options.firstMs : Math.min(this.delayMs * 2, this.options.maxMs);
    return this.delayMs;
  }

  reset(): void {
    this.delayMs = 0;
  }
}
