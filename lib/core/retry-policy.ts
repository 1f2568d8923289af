/** How often and how patiently a job is tried again. Delays are milliseconds. */
export interface RetryPolicy {
  /** Runs whose handler reports an error before the job is `failed`, 1 to 100. */
  readonly maxAttempts: number;
  /** Runs that end without a word, alone in their invocation, before the job is `failed`, 1 to 100. */
  readonly maxCrashes: number;
  /** Upper bound of the first delay. */
  readonly initialDelayMs: number;
  /** Upper bound of every delay. */
  readonly maxDelayMs: number;
}

export const DEFAULT_RETRY_POLICY: RetryPolicy = {
  maxAttempts: 5,
  maxCrashes: 2,
  initialDelayMs: 1_000,
  maxDelayMs: 900_000,
};

export const DEFAULT_TIMEOUT_MS = 30_000;

/**
 * Exponential backoff with full jitter: anywhere between zero and the doubled delay, so that jobs that failed together
 * do not come back together.
 *
 * @param failures Failures so far, this one included; 1 for the first.
 * @param random A number from 0 (included) to 1 (excluded).
 */
export function computeBackoffMs(
  policy: Pick<RetryPolicy, 'initialDelayMs' | 'maxDelayMs'>,
  failures: number,
  random: number,
): number {
  // Beyond this the cap has long been reached, and zero times infinity would be no number.
  const doublings = Math.min(Math.max(0, failures - 1), 64);
  const ceilingMs = Math.min(policy.maxDelayMs, policy.initialDelayMs * 2 ** doublings);
  return Math.floor(random * ceilingMs);
}
