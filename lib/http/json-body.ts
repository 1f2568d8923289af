import type { HttpRequest } from './http-message.ts';
import { type JsonScan, scanJson } from './json-scan.ts';
import { invalidInput, ProblemError } from './problem.ts';

/** An input may be written with an escape for each of its characters; nothing that can be accepted is longer. */
const MAX_BODY_BYTES = 1_048_576;

/** Without one of these in it, a text has no number that could be rounded or be infinite. */
const LONG_NUMBER = /\d{16}|\de\+?\d{3}/i;

/**
 * The JSON value in the body of a request, exactly as it was sent.
 *
 * @throws ProblemError 400, 413 or 415 when it cannot be read, 422 when it holds numbers that would be rounded
 */
export function readJsonBody({ headers, body: bytes }: Pick<HttpRequest, 'headers' | 'body'>): unknown {
  checkMediaType(headers);
  if (bytes.byteLength > MAX_BODY_BYTES) {
    throw new ProblemError(
      'too-large',
      `The body has ${bytes.byteLength} bytes; at most ${MAX_BODY_BYTES} are possible. Store the data elsewhere and pass a reference.`,
    );
  }
  const text = decode(bytes);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new ProblemError('malformed-request', describe(text, scanJson(text)), { cause });
  }
  if (LONG_NUMBER.test(text)) {
    refuseUnsafeNumbers(scanJson(text));
  }
  return value;
}

/** JSON by its name, and what `curl -d` and `fetch` say when nobody tells them: a body is read as JSON either way. */
const ACCEPTED_TYPES = /^(?:application\/(?:(?:[\w.!#$&^-]+\+)?json|x-www-form-urlencoded)|text\/plain)\s*(?:;|$)/i;

function checkMediaType(headers: HttpRequest['headers']): void {
  const type = headers.get('content-type');
  const encoding = headers.get('content-encoding');
  if (type !== undefined && !ACCEPTED_TYPES.test(type)) {
    throw new ProblemError(
      'unsupported-media-type',
      `Expected "Content-Type: application/json", got ${JSON.stringify(type)}.`,
      { headers: { 'accept-post': 'application/json' } },
    );
  }
  const charset = /;\s*charset="?([^";\s]+)/i.exec(type ?? '')?.[1];
  if (charset !== undefined && !/^(?:utf-8|utf8|us-ascii)$/i.test(charset)) {
    throw new ProblemError('unsupported-media-type', `Expected JSON in UTF-8, got ${JSON.stringify(charset)}.`);
  }
  if (encoding !== undefined && !/^(?:identity)?$/i.test(encoding)) {
    throw new ProblemError(
      'unsupported-media-type',
      `Expected a body without content encoding, got ${JSON.stringify(encoding)}.`,
      { headers: { 'accept-encoding': 'identity' } },
    );
  }
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new ProblemError('malformed-request', 'The body is not UTF-8 text.', { cause });
  }
}

function describe(text: string, scan: JsonScan): string {
  if (text.trim() === '') {
    return 'The body is empty: expected JSON, such as {"type":"…","input":{…}}.';
  }
  return scan.kind === 'valid'
    ? 'The body is not JSON.'
    : `The body is not JSON: line ${scan.line}, column ${scan.column}: expected ${scan.expected}, found ${scan.found}.`;
}

function refuseUnsafeNumbers(scan: JsonScan): void {
  if (scan.kind === 'valid' && scan.unsafeNumbers.length > 0) {
    throw invalidInput(
      scan.unsafeNumbers.map(({ pointer, token }) => ({
        pointer,
        detail: `The number ${token.slice(0, 40)} would be read as ${Number(token)}. Send it as a string.`,
      })),
    );
  }
}
