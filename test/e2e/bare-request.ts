import { request } from 'node:http';

export interface BareRequest {
  readonly method?: string;
  /** With its query. */
  readonly path?: string;
  /** Exactly these, the host included. */
  readonly headers?: Readonly<Record<string, string | string[]>>;
  readonly body?: string;
}

export interface BareAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** A request with any host and any headers, which `fetch` would not send. */
export function sendBare(
  port: number,
  { method = 'GET', path = '/', headers = {}, body }: BareRequest,
): Promise<BareAnswer> {
  const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
  return new Promise((resolve, reject) => {
    const all = { ...headers, ...length };
    const sent = request({ host: '127.0.0.1', port, method, path, headers: all, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(chunks).toString('utf8'),
        }),
      );
    });
    sent.on('error', reject).end(body);
  });
}
