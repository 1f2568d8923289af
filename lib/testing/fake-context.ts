import type { Clock, JobContext } from '../core/index.ts';
import { createFakeClock } from './fake-clock.ts';
import { createFakeLogger, type LogLine } from './recorder.ts';

export interface FakeContextOptions {
  /** Default: `job-1`. */
  readonly jobId?: string;
  /** Default: 1, the first run. */
  readonly attempt?: number;
  /** What the handler may take, in milliseconds. Default: 30,000. */
  readonly timeoutMs?: number;
  /** Default: a clock that stands still. */
  readonly clock?: Clock;
}

/** A handler's context for its tests: what the handler did with it can be looked at. */
export interface FakeContext extends JobContext {
  /** Everything that was reported as progress, in order. */
  readonly reported: readonly unknown[];
  readonly lines: readonly LogLine[];
  /** Tells the handler to stop, as the end of its time does. */
  abort(reason?: unknown): void;
}

/** Calls a handler without a pipeline: `await handler.run(input, createFakeContext())`. */
export function createFakeContext(options: FakeContextOptions = {}): FakeContext {
  const { jobId = 'job-1', attempt = 1, timeoutMs = 30_000, clock = createFakeClock() } = options;
  const abort = new AbortController();
  const logger = createFakeLogger();
  const reported: unknown[] = [];
  const until = clock.now() + timeoutMs;
  return {
    jobId,
    attempt,
    idempotencyKey: jobId,
    signal: abort.signal,
    logger,
    lines: logger.lines,
    reported,
    progress: async (value) => {
      // As JSON, which is what callers would see; what is not JSON throws here as it does there.
      reported.push(JSON.parse(JSON.stringify(value ?? null)));
    },
    remainingMs: () => Math.max(0, until - clock.now()),
    abort: (reason = new DOMException('The time of the job is up.', 'TimeoutError')) => abort.abort(reason),
  };
}
