import { connect } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningStack, startStack } from '../../lib/local/stack/index.ts';
import { createEvents, type Event } from '../fuzz/http/hostile-requests.ts';
import { findLeak } from '../fuzz/http/leaks.ts';
import { TEST_SEED } from '../fuzz/settings.ts';
import { sign } from '../local/http/signed-request.ts';
import { type BareAnswer, sendBare } from './bare-request.ts';

const PROJECT = fileURLToPath(new URL('quick-app', import.meta.url));
const CASES = 300;
const AT_A_TIME = 10;

let stack: RunningStack;
let port: number;
const lines: string[] = [];

beforeAll(async () => {
  stack = await startStack({
    project: PROJECT,
    port: 0,
    environment: process.env,
    onLine: (_source, text) => lines.push(text),
    signal: new AbortController().signal,
  });
  port = Number(new URL(stack.address.api).port);
});

afterAll(() => stack?.stop({ graceMs: 1_000 }));

const METHODS = ['GET', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'HEAD'];

/** A submit of a type that takes whatever comes as one of a type that this app has, with the same input as text. */
function toEcho(body: string): string {
  try {
    const { type, input, ...rest } = JSON.parse(body) as Readonly<Record<string, unknown>>;
    return type === 'anything'
      ? JSON.stringify({ ...rest, type: 'echo', input: { text: JSON.stringify(input) } })
      : body;
  } catch {
    return body;
  }
}

/** What can go over the wire at all, signed: the path encoded, headers of characters that a header can have. */
async function sendSigned(event: Event): Promise<BareAnswer> {
  const { rawPath, headers, body = '', isBase64Encoded, requestContext } = event;
  const method = METHODS.includes(requestContext.http.method) ? requestContext.http.method : 'POST';
  const path = encodeURI(rawPath.replaceAll(/\p{Surrogate}/gu, '')).replaceAll(/[?#]/g, '%3F');
  const sendable = Object.entries(headers).filter(
    ([name, value]) => /^[a-z-]+$/.test(name) && /^[\x21-\x7e][\x20-\x7e]*$/.test(value ?? ''),
  );
  const signed = await sign({
    method,
    path: path.startsWith('/') ? path : `/${path}`,
    headers: Object.fromEntries(sendable) as Record<string, string>,
    body: toEcho(Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8').toString('utf8')),
    host: `127.0.0.1:${port}`,
  });
  return await sendBare(port, { method, path: signed.path, headers: signed.headers, body: signed.body });
}

/** Sends bytes and resolves with what came back when the other side closes, or the first answer is there. */
const sendBytes = (onPort: number, bytes: string | Buffer): Promise<string> =>
  new Promise((resolve, reject) => {
    let received = '';
    const socket = connect({ host: '127.0.0.1', port: onPort }, () => socket.write(bytes));
    socket.setEncoding('latin1');
    socket.on('data', (chunk: string) => {
      received += chunk;
      if (received.includes('\r\n\r\n')) socket.destroy();
    });
    socket.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'ECONNRESET' && error.code !== 'EPIPE') reject(error);
    });
    socket.on('close', () => resolve(received));
  });

const HOST = 'Host: 127.0.0.1\r\n';
const MALFORMED: Readonly<Record<string, string | Buffer>> = {
  'no HTTP': '\u0000\u0001\u0002 hello\r\n\r\n',
  'a version from the future': `GET / HTTP/9.9\r\n${HOST}\r\n`,
  'no host': 'GET /jobs HTTP/1.1\r\n\r\n',
  'two hosts': `GET /jobs HTTP/1.1\r\n${HOST}Host: evil.example\r\n\r\n`,
  'the address of another server': `GET http://evil.example/jobs HTTP/1.1\r\n${HOST}\r\n`,
  'a method that is none': `G{T /jobs HTTP/1.1\r\n${HOST}\r\n`,
  'two lengths': `POST /jobs HTTP/1.1\r\n${HOST}Content-Length: 1\r\nContent-Length: 2\r\n\r\n{}`,
  'a length and chunks': `POST /jobs HTTP/1.1\r\n${HOST}Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
  'a negative length': `POST /jobs HTTP/1.1\r\n${HOST}Content-Length: -1\r\n\r\n`,
  'a chunk without a size': `POST /jobs HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\nzz\r\n\r\n`,
  'a header without a name': `GET /jobs HTTP/1.1\r\n${HOST}: x\r\n\r\n`,
  'a header over two lines': `GET /jobs HTTP/1.1\r\n${HOST}X-A: b\r\n c\r\n\r\n`,
  'headers of 100 KB': `GET /jobs HTTP/1.1\r\n${HOST}X-A: ${'x'.repeat(100_000)}\r\n\r\n`,
  'a path of 100 KB': `GET /${'x'.repeat(100_000)} HTTP/1.1\r\n${HOST}\r\n`,
  'a path that is no encoding': `GET /jobs/%zz%ff%00 HTTP/1.1\r\n${HOST}\r\n`,
  'a path with bytes': Buffer.from(`GET /jobs/\u00ff\u0000 HTTP/1.1\r\n${HOST}\r\n`, 'latin1'),
  'a path that climbs': `GET /jobs/../../etc/passwd HTTP/1.1\r\n${HOST}\r\n`,
  'nothing but an asterisk': `OPTIONS * HTTP/1.1\r\n${HOST}\r\n`,
  'an upgrade': `GET /jobs HTTP/1.1\r\n${HOST}Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n`,
  'a tunnel': `CONNECT evil.example:443 HTTP/1.1\r\n${HOST}\r\n`,
  'what is to be asked for first': `POST /jobs HTTP/1.1\r\n${HOST}Expect: 100-continue\r\nContent-Length: 0\r\n\r\n`,
};

const statusOf = (answer: string): number => Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1] ?? 0);

describe('over real sockets', () => {
  it('random requests are never an error of the service, and tell nothing', async () => {
    console.info(`fuzz over sockets: ${CASES} requests, seed ${TEST_SEED}`);
    const events = createEvents(TEST_SEED + 2, CASES);
    const counts: Record<number, number> = {};
    for (let from = 0; from < events.length; from += AT_A_TIME) {
      const some = events.slice(from, from + AT_A_TIME);
      const answers = await Promise.all(some.map(sendSigned));
      for (const [index, { status, body }] of answers.entries()) {
        counts[status] = (counts[status] ?? 0) + 1;
        const sent = JSON.stringify(some[index]);
        expect(status, `${sent} was answered ${body}`).toBeLessThan(500);
        expect(
          status >= 400 ? findLeak(body, sent + Buffer.from(some[index]?.body ?? '', 'base64')) : undefined,
        ).toBeUndefined();
      }
    }
    console.info(`fuzz over sockets: ${JSON.stringify(counts)}`);
    expect(counts[202]).toBeGreaterThan(0);
    expect(counts[403] ?? 0).toBeLessThan(CASES / 10);
  });

  it.each(Object.keys(MALFORMED))('is refused, or closed, on every port: %s', async (name) => {
    const { api, dynamodb, sqs, s3 } = stack.address;
    for (const url of [api, dynamodb, sqs, s3]) {
      const answer = await sendBytes(Number(new URL(url).port), MALFORMED[name] ?? '');
      const status = statusOf(answer);
      expect([url, name, status >= 500]).toEqual([url, name, false]);
    }
  });

  it('a body that is no UTF-8 is refused, not mended', async () => {
    const body = Buffer.from([...Buffer.from('{"type":"echo","input":"'), 0xc3, 0x28, 0x22, 0x7d]);
    const signed = await sign({
      method: 'POST',
      path: '/jobs',
      headers: { 'content-type': 'application/json' },
      body: body as unknown as string,
      host: `127.0.0.1:${port}`,
    });
    const response = await fetch(`${stack.address.api}/jobs`, { method: 'POST', headers: signed.headers, body });
    expect([response.status, await response.text()]).toEqual([400, expect.stringContaining('not UTF-8')]);
  });

  it('and afterwards everything answers as before', async () => {
    const signed = await sign({ path: '/jobs/none', host: `127.0.0.1:${port}` });
    const { status } = await sendBare(port, { path: signed.path, headers: signed.headers });
    expect(status).toBe(404);
    expect(lines.filter((line) => /starting it again|Error/.test(line))).toEqual([]);
  });
});
