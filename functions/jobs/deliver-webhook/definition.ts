import { defineJob } from 'async-endpoints';
import * as z from 'zod/mini';
import { speakEnglish } from '../messages.ts';
import { isReservedHeader } from './reserved-headers.ts';

speakEnglish();

const MAX_HEADERS = 50;

const httpUrl = z
  .url({
    protocol: /^https?$/,
    error: 'Expected an http or https URL',
    abort: true,
  })
  .check(
    z.maxLength(2_000),
    z.refine((text) => hasNoCredentials(text), 'Expected a URL without a user name or password: use headers'),
  );

const headerName = z.string().check(
  z.regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}$/, 'Expected the name of an HTTP header'),
  z.refine((name) => !isReservedHeader(name), 'This header is set by the sender and cannot be chosen'),
);

const headerValue = z.string().check(
  z.maxLength(4_000),
  // What HTTP allows in a value; anything else, line breaks above all, would let an input write headers of its own.
  z.regex(/^[\t\x20-\x7e]*$/, 'Expected printable ASCII characters'),
);

const headers = z.record(headerName, headerValue).check(
  z.refine((given) => Object.keys(given).length <= MAX_HEADERS, `Expected at most ${MAX_HEADERS} headers`),
  z.refine((given) => countNames(given) === Object.keys(given).length, 'Expected each header once, in whatever case'),
);

/** Sends a body to somebody else's HTTP server, signed, again and again until it is accepted or refused for good. */
export const deliverWebhook = defineJob({
  type: 'deliver-webhook',
  input: z.strictObject({
    url: httpUrl,
    /** A string is sent as it is, any other JSON value as JSON. */
    body: z.unknown().check(z.refine((value) => value !== undefined, 'Expected any JSON value')),
    headers: z.optional(headers),
    /** Which of the deployment's secrets signs it. Unsigned without. */
    secretName: z.optional(
      z.string().check(z.regex(/^[A-Za-z0-9_.-]{1,100}$/, 'Expected 1 to 100 letters, digits, "_", "." and "-"')),
    ),
  }),
  output: z.object({ status: z.number(), durationMs: z.number() }),
  // A receiver may be away for as long as a bad deploy takes: eleven waits that double up to about 17 minutes.
  retry: { maxAttempts: 12, initialDelaySeconds: 1, maxDelaySeconds: 3_600 },
  timeoutSeconds: 30,
});

function hasNoCredentials(text: string): boolean {
  const { username, password } = new URL(text);
  return username === '' && password === '';
}

function countNames(given: Readonly<Record<string, string>>): number {
  return new Set(Object.keys(given).map((name) => name.toLowerCase())).size;
}
