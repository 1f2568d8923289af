import type { HttpRequest } from './http-message.ts';
import { ProblemError, type ProblemIssue } from './problem.ts';

/** An HTTP API gives up after 30 s, its function after 29: this leaves time for everything else. */
const MAX_WAIT_SECONDS = 25;

type Place = { readonly parameter: string } | { readonly header: string };

/** @throws ProblemError 400, naming the limit */
export function parseWaitSeconds(text: string, place: Place): number {
  const seconds = /^\d{1,4}$/.test(text) ? Number(text) : Number.NaN;
  if (!(seconds <= MAX_WAIT_SECONDS)) {
    const detail = `Expected a whole number of seconds from 0 to ${MAX_WAIT_SECONDS}, got ${JSON.stringify(text)}.`;
    const issue: ProblemIssue = { ...place, detail };
    throw new ProblemError('malformed-request', `The time to wait is not possible: ${detail}`, { issues: [issue] });
  }
  return seconds;
}

/** `wait=N` among the preferences of a request (RFC 7240); whatever else is preferred is left aside, as it must be. */
export function readWaitPreference(headers: HttpRequest['headers']): number | undefined {
  for (const preference of (headers.get('prefer') ?? '').split(',')) {
    const [name, value] = (preference.split(';')[0] ?? '').split('=').map((part) => part.trim());
    if (name?.toLowerCase() === 'wait') {
      return parseWaitSeconds((value ?? '').replace(/^"(.*)"$/, '$1'), { header: 'Prefer' });
    }
  }
  return undefined;
}
