export interface ThrottleOptions {
  /** Requests a second in the long run. */
  readonly rateLimit: number;
  /** Requests that may come at once. */
  readonly burstLimit: number;
  readonly now: () => number;
}

/** A token bucket, as API Gateway describes its throttling. Returns whether one more request may pass. */
export const createThrottle = ({ rateLimit, burstLimit, now }: ThrottleOptions): (() => boolean) => {
  let tokens = burstLimit;
  let filledAt = now();
  return () => {
    const at = now();
    tokens = Math.min(burstLimit, tokens + (Math.max(0, at - filledAt) * rateLimit) / 1_000);
    filledAt = at;
    if (tokens < 1) return false;
    tokens -= 1;
    return true;
  };
};
