import { AccessError, type ValidationIssue } from '../core/index.ts';
import { SubmitError } from '../pipeline/index.ts';
import type { HttpResponse } from './http-message.ts';

/** Every kind of problem that the API answers with. The last part of `type` is the name, so clients can tell them apart. */
const KINDS = {
  'malformed-request': { status: 400, title: 'The request cannot be read.' },
  'not-found': { status: 404, title: 'There is nothing here.' },
  'method-not-allowed': { status: 405, title: 'This method is not possible here.' },
  'too-large': { status: 413, title: 'The request is too large.' },
  'unsupported-media-type': { status: 415, title: 'The body must be JSON.' },
  'invalid-input': { status: 422, title: 'The request cannot be accepted as it is.' },
  'idempotency-conflict': { status: 422, title: 'The idempotency key belongs to another job.' },
  internal: { status: 500, title: 'Something went wrong here.' },
  unavailable: { status: 503, title: 'Try again later.' },
} as const satisfies Record<string, { readonly status: number; readonly title: string }>;

export type ProblemKind = keyof typeof KINDS;

/** One thing that is wrong and where: in the body (a JSON pointer), in the query, or in a header. */
export type ProblemIssue = { readonly detail: string } & (
  | { readonly pointer: string }
  | { readonly parameter: string }
  | { readonly header: string }
);

/** What a request came to, if it did not come to an answer. Thrown by whoever finds it, made a response in one place. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';
  readonly kind: ProblemKind;
  readonly issues: readonly ProblemIssue[];
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    kind: ProblemKind,
    detail: string,
    options: ErrorOptions & {
      readonly issues?: readonly ProblemIssue[];
      readonly headers?: Readonly<Record<string, string>>;
    } = {},
  ) {
    super(detail, options);
    this.kind = kind;
    this.issues = options.issues ?? [];
    this.headers = options.headers ?? {};
  }
}

/** Enough to correct a request by; an answer must stay far below what a function may return. */
const MAX_ISSUES = 50;
const MAX_TEXT_LENGTH = 1_000;
const RETRY_AFTER_SECONDS = 5;

/** A problem in the form of RFC 9457. */
export function toResponse({ kind, message, issues, headers }: ProblemError): HttpResponse {
  const { status, title } = KINDS[kind];
  const body = {
    type: `urn:async-endpoints:problem:${kind}`,
    title,
    status,
    detail: shorten(message),
    ...(issues.length === 0 ? {} : { errors: issues.slice(0, MAX_ISSUES).map(shortenIssue) }),
  };
  return {
    status,
    headers: {
      'content-type': 'application/problem+json',
      'cache-control': 'no-store',
      ...(status === 503 ? { 'retry-after': String(RETRY_AFTER_SECONDS) } : {}),
      ...headers,
    },
    body: JSON.stringify(body),
  };
}

/** The problem behind an error of any origin. What is not known to be safe to tell is not told. */
export function toProblem(error: unknown): ProblemError {
  if (error instanceof ProblemError) {
    return error;
  }
  if (error instanceof SubmitError && error.code !== 'denied') {
    return fromSubmitError(error, error.code);
  }
  if (error instanceof AccessError && error.code === 'unavailable') {
    return new ProblemError('unavailable', 'The job store did not answer. Try again in a few seconds.', {
      cause: error,
    });
  }
  return new ProblemError('internal', 'The service could not handle this request. Its log has the reason.', {
    cause: error,
  });
}

/** The problem of input that does not fit: how much is wrong; the issues say what. */
export function invalidInput(issues: readonly ProblemIssue[], cause?: unknown): ProblemError {
  const count = issues.length === 1 ? 'One thing is' : `${issues.length} things are`;
  return new ProblemError('invalid-input', `${count} wrong: see "errors".`, { issues, cause });
}

function toProblemIssue({ pointer, message }: ValidationIssue): ProblemIssue {
  return { pointer, detail: message };
}

function fromSubmitError(error: SubmitError, code: Exclude<SubmitError['code'], 'denied'>): ProblemError {
  const issues = error.issues.map(toProblemIssue);
  return code === 'invalid-input' && issues.length > 0
    ? invalidInput(issues, error)
    : new ProblemError(code, error.message, { issues, cause: error });
}

function shortenIssue(issue: ProblemIssue): ProblemIssue {
  const short = Object.entries(issue).map(([name, text]) => [name, shorten(text)]);
  return Object.fromEntries(short) as ProblemIssue;
}

function shorten(text: string): string {
  return text.length > MAX_TEXT_LENGTH ? `${text.slice(0, MAX_TEXT_LENGTH)}…` : text;
}
