import type { IncomingMessage } from 'node:http';

/** A request as it came over the wire, read to its end. */
export interface HttpRequest {
  readonly method: string;
  /** Still percent-encoded. */
  readonly path: string;
  /** Without the question mark, still percent-encoded; empty if there is none. */
  readonly query: string;
  /** By lower-cased name, every occurrence in order. */
  readonly headers: ReadonlyMap<string, readonly string[]>;
  readonly body: Buffer;
  readonly sourceIp: string;
}

/** API Gateway takes ten megabytes. */
const MAX_BODY_BYTES = 10 * 1024 * 1024;

/** What is too large is still read, so that the client hears why it is refused; but not without end. */
const MAX_DRAINED_BYTES = 10 * MAX_BODY_BYTES;

/** Undefined if the body is too large. */
const readBody = async (message: IncomingMessage): Promise<Buffer | undefined> => {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of message) {
    size += chunk.length;
    if (size <= MAX_BODY_BYTES) chunks.push(chunk);
    else chunks.length = 0;
    if (size > MAX_DRAINED_BYTES) break;
  }
  return size > MAX_BODY_BYTES ? undefined : Buffer.concat(chunks);
};

/** Node reads headers as Latin-1; what was sent is UTF-8 wherever it is not ASCII. */
const toUtf8 = (text: string): string => Buffer.from(text, 'latin1').toString('utf8');

const readHeaders = (rawHeaders: readonly string[]): ReadonlyMap<string, readonly string[]> => {
  const headers = new Map<string, string[]>();
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = (rawHeaders[index] ?? '').toLowerCase();
    const value = toUtf8(rawHeaders[index + 1] ?? '');
    const values = headers.get(name);
    if (values === undefined) headers.set(name, [value]);
    else values.push(value);
  }
  return headers;
};

/** Undefined if the body is larger than API Gateway takes. */
export const readRequest = async (message: IncomingMessage): Promise<HttpRequest | undefined> => {
  const body = await readBody(message);
  if (body === undefined) return undefined;
  const target = message.url ?? '/';
  const mark = target.indexOf('?');
  return {
    method: message.method ?? 'GET',
    path: mark === -1 ? target : target.slice(0, mark),
    query: mark === -1 ? '' : target.slice(mark + 1),
    headers: readHeaders(message.rawHeaders),
    body,
    sourceIp: message.socket.remoteAddress ?? '127.0.0.1',
  };
};

/** All occurrences in one, as RFC 9110 lets them be joined. */
export const headerOf = (request: HttpRequest, name: string): string | undefined =>
  request.headers.get(name)?.join(',');

/** Text that is no valid percent-encoding stays as it is. */
export const decodePercent = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};

/** The parameters in order, decoded; a plus sign is left alone, since only forms mean a space by it. */
export const readQuery = (query: string): readonly (readonly [name: string, value: string])[] =>
  query
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair) => {
      const equals = pair.indexOf('=');
      const [name, value] = equals === -1 ? [pair, ''] : [pair.slice(0, equals), pair.slice(equals + 1)];
      return [decodePercent(name), decodePercent(value)];
    });
