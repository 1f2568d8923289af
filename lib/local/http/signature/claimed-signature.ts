import { type HttpRequest, headerOf, readQuery } from '../http-request.ts';

/** What a request says about its own signature, in its header or in its query. */
export interface ClaimedSignature {
  readonly accessKeyId: string;
  /** `YYYYMMDD` */
  readonly scopeDate: string;
  readonly region: string;
  readonly service: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
  /** `YYYYMMDDTHHMMSSZ` */
  readonly dateTime: string;
  readonly signedAt: number;
  /** Only a presigned request says how long it holds. */
  readonly expiresSeconds?: number;
}

const ALGORITHM = 'AWS4-HMAC-SHA256';
const FIELDS = ['Credential', 'SignedHeaders', 'Signature'] as const;
const DATE_TIME = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/;

/** Seven days, the longest that AWS lets a presigned request hold. */
const MAX_EXPIRES_SECONDS = 604_800;

const toSignedAt = (dateTime: string): number => {
  const [, year, month, day, hour, minute, second] = DATE_TIME.exec(dateTime) ?? [];
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
};

/** `Date: Mon, 01 Jan 2026 …` stands in for a missing `X-Amz-Date`. */
const toDateTime = (date: string | undefined): string | undefined => {
  const at = Date.parse(date ?? '');
  return Number.isNaN(at) ? undefined : `${new Date(at).toISOString().replaceAll(/[-:]|\.\d+/g, '')}`;
};

interface Parts {
  readonly credential: string | undefined;
  readonly signedHeaders: string | undefined;
  readonly signature: string | undefined;
  readonly dateTime: string | undefined;
}

const fromParts = (parts: Parts): ClaimedSignature | undefined => {
  const [accessKeyId, scopeDate, region, service, end] = parts.credential?.split('/') ?? [];
  const { dateTime = '', signature } = parts;
  const signedAt = toSignedAt(dateTime);
  if (!(accessKeyId && scopeDate && region && service) || end !== 'aws4_request') return undefined;
  if (!(parts.signedHeaders && signature) || Number.isNaN(signedAt)) return undefined;
  return {
    accessKeyId,
    scopeDate,
    region,
    service,
    signedHeaders: parts.signedHeaders.split(';'),
    signature,
    dateTime,
    signedAt,
  };
};

const fromHeader = (request: HttpRequest, authorization: string): ClaimedSignature | undefined => {
  if (!authorization.startsWith(`${ALGORITHM} `)) return undefined;
  const pairs = authorization
    .slice(ALGORITHM.length)
    .split(',')
    .map((field): [name: string, value: string] => {
      const equals = field.indexOf('=');
      return [field.slice(0, equals).trim(), field.slice(equals + 1).trim()];
    });
  const fields = new Map(pairs);
  // Each once, and nothing beside them: two signatures would leave it open which of them counts.
  if (pairs.length !== FIELDS.length || !FIELDS.every((name) => fields.has(name))) return undefined;
  return fromParts({
    credential: fields.get('Credential'),
    signedHeaders: fields.get('SignedHeaders'),
    signature: fields.get('Signature'),
    dateTime: headerOf(request, 'x-amz-date') ?? toDateTime(headerOf(request, 'date')),
  });
};

const fromQuery = (query: ReadonlyMap<string, string>): ClaimedSignature | undefined => {
  if (query.get('X-Amz-Algorithm') !== ALGORITHM) return undefined;
  const expiresSeconds = Number(query.get('X-Amz-Expires'));
  if (!Number.isInteger(expiresSeconds) || expiresSeconds < 1 || expiresSeconds > MAX_EXPIRES_SECONDS) return undefined;
  const claimed = fromParts({
    credential: query.get('X-Amz-Credential'),
    signedHeaders: query.get('X-Amz-SignedHeaders'),
    signature: query.get('X-Amz-Signature'),
    dateTime: query.get('X-Amz-Date'),
  });
  return claimed && { ...claimed, expiresSeconds };
};

/** Undefined if the request is not signed, or not in a way that can be read. */
export const readClaimedSignature = (request: HttpRequest): ClaimedSignature | undefined => {
  const authorization = headerOf(request, 'authorization');
  return authorization === undefined
    ? fromQuery(new Map(readQuery(request.query)))
    : fromHeader(request, authorization);
};
