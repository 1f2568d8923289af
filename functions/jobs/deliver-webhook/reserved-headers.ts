/** Headers of the sender itself begin with it; no input may set one. */
const OWN_PREFIX = 'webhook-';

/** What belongs to the connection, or says where the request goes and how long it is: not an input's business. */
const RESERVED: ReadonlySet<string> = new Set([
  'connection',
  'content-length',
  'expect',
  'host',
  'http2-settings',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

export function isReservedHeader(name: string): boolean {
  const lower = name.toLowerCase();
  return lower.startsWith(OWN_PREFIX) || RESERVED.has(lower);
}
