/** A receiver may put a delivery off for so long; by then its situation is another one. */
const MAX_DELAY_SECONDS = 3_600;

/** Seconds to wait as a `Retry-After` asks (a number of seconds or a date); undefined if it asks for nothing. */
export function computeDelaySeconds(retryAfter: string | undefined, nowMs: number): number | undefined {
  const seconds = toSeconds(retryAfter?.trim() ?? '', nowMs);
  return seconds > 0 ? Math.min(seconds, MAX_DELAY_SECONDS) : undefined;
}

function toSeconds(text: string, nowMs: number): number {
  if (/^\d+$/.test(text)) return Number(text);
  // HTTP knows dates in GMT only; `Date.parse` alone would read far more than dates.
  return /^[A-Za-z].* GMT$/.test(text) ? Math.ceil((Date.parse(text) - nowMs) / 1000) : Number.NaN;
}
