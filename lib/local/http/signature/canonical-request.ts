import { createHash } from 'node:crypto';
import { type HttpRequest, readQuery } from '../http-request.ts';

/** Percent-encodes all but the unreserved characters of RFC 3986, as SigV4 wants it. */
const encode = (text: string): string =>
  encodeURIComponent(text).replaceAll(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);

/** The path as SDKs sign it for every service but S3: without dots and empty segments, and encoded once more. */
const toNormalizedPath = (path: string): string => {
  const segments: string[] = [];
  for (const segment of path.split('/')) {
    if (segment === '..') segments.pop();
    else if (segment !== '' && segment !== '.') segments.push(encode(segment));
  }
  const slash = segments.length > 0 && path.endsWith('/') ? '/' : '';
  return `/${segments.join('/')}${slash}`;
};

const SIGNATURE_PARAMETER = 'X-Amz-Signature';

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const toSortedQuery = (query: string): string =>
  readQuery(query)
    .filter(([name]) => name !== SIGNATURE_PARAMETER)
    .map(([name, value]) => [encode(name), encode(value)] as const)
    .sort(([nameA, valueA], [nameB, valueB]) => compare(nameA, nameB) || compare(valueA, valueB))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');

const toHeaderLines = (request: HttpRequest, signedHeaders: readonly string[]): string =>
  signedHeaders
    .map((name) => {
      const values = (request.headers.get(name) ?? []).map((value) => value.trim().replaceAll(/ +/g, ' '));
      return `${name}:${values.join(',')}\n`;
    })
    .join('');

export const sha256 = (data: Buffer | string): string => createHash('sha256').update(data).digest('hex');

/**
 * The texts that a signer may have signed, the regular one first. Signers disagree about paths and queries that need
 * encoding, and about what a plus sign means: curl 7 signs all of it as it sends it. Every one of the texts names the same request and needs the same
 * secret, so taking any of them lets nobody in.
 */
export const toCanonicalRequests = (
  request: HttpRequest,
  signedHeaders: readonly string[],
  payloadHash: string,
): ReadonlySet<string> => {
  const paths = [toNormalizedPath(request.path), request.path];
  const queries = [toSortedQuery(request.query), toSortedQuery(request.query.replaceAll('+', '%20')), request.query];
  const headers = toHeaderLines(request, signedHeaders);
  const signedNames = signedHeaders.join(';');
  return new Set(
    paths.flatMap((path) =>
      queries.map((query) => [request.method, path, query, headers, signedNames, payloadHash].join('\n')),
    ),
  );
};
