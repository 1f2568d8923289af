import { PermanentError, RetryLater } from 'async-endpoints';
import { DeliveryError } from './errors.ts';
import type { Answer } from './post.ts';
import { computeDelaySeconds } from './retry-after.ts';

/** 4xx that speak of now and not of the request: time-out, too early, too many. */
const TEMPORARY: ReadonlySet<number> = new Set([408, 425, 429]);

/**
 * Returns for an accepted webhook.
 *
 * @throws PermanentError for what no repetition can change, RetryLater when the receiver said when to come again
 */
export function judgeAnswer(url: URL, answer: Answer, nowMs: number): void {
  const { status, location, retryAfter, excerpt } = answer;
  const said = `${url.host} answered ${status}${excerpt === '' ? '' : `: ${excerpt}`}`;
  if (status >= 200 && status < 300) return;
  if (status >= 300 && status < 400) {
    const target = location === undefined ? '' : ` to ${shorten(location, url)}`;
    throw new PermanentError(
      `Redirects are not followed, and ${url.host} answered ${status}${target}. Submit the webhook with its final address.`,
    );
  }
  if (status >= 400 && status < 500 && !TEMPORARY.has(status)) throw new PermanentError(said);
  const delaySeconds = computeDelaySeconds(retryAfter, nowMs);
  throw delaySeconds === undefined ? new DeliveryError(said) : new RetryLater(said, { delaySeconds });
}

/** Without its query, which may hold what is nobody else's business. */
function shorten(location: string, base: URL): string {
  if (!URL.canParse(location, base.href)) return 'an address that cannot be read';
  const { origin, pathname } = new URL(location, base);
  return `${origin}${pathname}`.slice(0, 200);
}
