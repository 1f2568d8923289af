import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningStack, startStack } from '../../lib/local/stack/index.ts';
import { presign, type Signed, type SignWith, sign, type ToSign } from '../local/http/signed-request.ts';
import { listDescendants } from '../local/stack/descendants.ts';
import { type BareAnswer, sendBare } from './bare-request.ts';
import { type ListeningSocket, listListeningSockets } from './listening-sockets.ts';
import { connectTo } from './local-clients.ts';

const PROJECT = fileURLToPath(new URL('quick-app', import.meta.url));
const data = mkdtempSync(join(tmpdir(), 'async-endpoints-doors-'));

let stack: RunningStack;
let port: number;

beforeAll(async () => {
  stack = await startStack({
    project: PROJECT,
    port: 0,
    data,
    environment: process.env,
    onLine: () => {},
    signal: new AbortController().signal,
  });
  port = Number(new URL(stack.address.api).port);
});

afterAll(async () => {
  await stack?.stop({ graceMs: 1_000 });
  rmSync(data, { recursive: true, force: true });
});

interface Template {
  readonly Resources: Readonly<Record<string, { readonly Type: string; readonly Properties?: { RouteKey?: string } }>>;
}

/** The routes of what runs, in API Gateway's words: a new one is attacked without anybody thinking of it here. */
const listRoutes = (): readonly string[] =>
  readdirSync(data, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.template.json'))
    .map((file) => JSON.parse(readFileSync(join(data, file), 'utf8')) as Template)
    .flatMap(({ Resources }) => Object.values(Resources))
    .flatMap(({ Type, Properties }) =>
      Type === 'AWS::ApiGatewayV2::Route' && Properties?.RouteKey !== undefined ? [Properties.RouteKey] : [],
    );

/** A request that would be let in. */
const toGoodRequest = (route: string): ToSign & { readonly method: string; readonly path: string } => {
  const [method = '', pattern = ''] = route.split(' ');
  return {
    method,
    path: pattern.replaceAll(/\{\w+\}/g, 'some-id'),
    query: { a: '1' },
    host: `127.0.0.1:${port}`,
    ...(method === 'POST'
      ? { headers: { 'content-type': 'application/json' }, body: '{"type":"echo","input":1}' }
      : {}),
  };
};

const send = ({ method, path, query, headers, body }: Signed): Promise<BareAnswer> =>
  sendBare(port, {
    method,
    path: query === '' ? path : `${path}?${query}`,
    headers,
    ...(body === '' ? {} : { body }),
  });

type Attack = (good: ReturnType<typeof toGoodRequest>) => Promise<Signed>;

const MINUTE_MS = 60_000;
const minutesAgo = (minutes: number): Date => new Date(Date.now() - minutes * MINUTE_MS);

const signedWith =
  (options: SignWith): Attack =>
  (good) =>
    sign(good, options);
const changed =
  (change: (signed: Signed) => Partial<Signed>): Attack =>
  async (good) => {
    const signed = await sign(good);
    return { ...signed, ...change(signed) };
  };
const withAuthorization = (write: (good: string) => string | string[]): Attack =>
  changed(({ headers }) => ({
    headers: { ...headers, authorization: write(headers['authorization'] ?? '') as string },
  }));
const without = (name: string): Attack =>
  changed(({ headers }) => ({
    headers: Object.fromEntries(Object.entries(headers).filter(([header]) => header.toLowerCase() !== name)),
  }));

const ATTACKS: Readonly<Record<string, Attack>> = {
  'is not signed': without('authorization'),
  'is signed with an unknown key': signedWith({ credentials: { accessKeyId: 'other', secretAccessKey: 'local' } }),
  'is signed with another secret': signedWith({ credentials: { accessKeyId: 'local', secretAccessKey: 'other' } }),
  'was signed six minutes ago': signedWith({ signingDate: minutesAgo(6) }),
  'is signed for in six minutes': signedWith({ signingDate: minutesAgo(-6) }),
  'is signed for another service': signedWith({ service: 'sqs' }),
  'is signed for another region': signedWith({ region: 'eu-west-1' }),
  'has another body than was signed': changed(() => ({ body: '{"type":"echo","input":2}' })),
  'has another query than was signed': changed(() => ({ query: 'a=2' })),
  'has more of a query than was signed': changed(({ query }) => ({ query: `${query}&b=1` })),
  'has another path than was signed': async (good) => ({
    ...(await sign({ ...good, path: '/other' })),
    path: good.path,
  }),
  'has another method than was signed': async (good) => ({
    ...(await sign({ ...good, method: 'PUT' })),
    method: good.method,
  }),
  'has another host than was signed': changed(({ headers }) => ({
    headers: { ...headers, host: `localhost:${port}` },
  })),
  'has another date than was signed': changed(({ headers }) => ({
    headers: {
      ...headers,
      'x-amz-date': new Date()
        .toISOString()
        .replaceAll(/[-:]|\.\d+/g, '')
        .replace(/\d\dZ/, '59Z'),
    },
  })),
  'has no date': without('x-amz-date'),
  'is presigned and expired': (good) => presign(good, { expiresSeconds: 60, signingDate: minutesAgo(2) }),
  'is presigned for another service': (good) => presign(good, { expiresSeconds: 60, service: 'sqs' }),
  'has an empty signature': withAuthorization((text) => text.replace(/Signature=\w+/, 'Signature=')),
  'has half a signature': withAuthorization((text) => text.slice(0, -32)),
  'has a signature of zeros': withAuthorization((text) => text.replace(/Signature=\w+/, `Signature=${'0'.repeat(64)}`)),
  'has a signature that is no number': withAuthorization((text) => text.replace(/Signature=\w+/, 'Signature=é')),
  'has no credential': withAuthorization((text) => text.replace(/Credential=[^,]+, /, '')),
  'has half a credential': withAuthorization((text) => text.replace(/\/us-east-1\/[^,]+/, '')),
  'signs no headers': withAuthorization((text) => text.replace(/SignedHeaders=[^,]+/, 'SignedHeaders=')),
  'signs a header that is not there': withAuthorization((text) =>
    text.replace('SignedHeaders=', 'SignedHeaders=x-none;'),
  ),
  'does not sign its host': withAuthorization((text) => text.replace(/host;|;host\b/, '')),
  'says another algorithm': withAuthorization((text) => text.replace('AWS4-HMAC-SHA256', 'AWS4-HMAC-SHA1')),
  'says nothing but the algorithm': withAuthorization(() => 'AWS4-HMAC-SHA256'),
  'has a user and a password': withAuthorization(() => 'Basic bG9jYWw6bG9jYWw='),
  'has a token': withAuthorization(() => 'Bearer local'),
  'has an empty authorization': withAuthorization(() => ''),
  'has more than a signature': withAuthorization((text) => `${text}00`),
  'has two signatures': withAuthorization((text) => `${text}, Signature=${'0'.repeat(64)}`),
  'has two authorizations': withAuthorization((text) => ['AWS4-HMAC-SHA256 Credential=a', text]),
  'has a long authorization': withAuthorization((text) => `${text}, ${'x'.repeat(8_000)}`),
  'has an authorization with prototype keys': withAuthorization(() => 'AWS4-HMAC-SHA256 __proto__=a, constructor=b'),
};

const ANSWER_HEADERS = ['apigw-requestid', 'connection', 'content-length', 'content-type', 'date', 'keep-alive'];

describe('a request to any route of the API', () => {
  it('is let in when it is signed', async () => {
    const routes = listRoutes();
    expect(routes).toContain('POST /jobs');
    for (const route of routes) {
      const { status, body } = await send(await sign(toGoodRequest(route)));
      expect([401, 403, 429, 500, 503], `${route}: ${status} ${body}`).not.toContain(status);
    }
  });

  it.each(Object.keys(ATTACKS))('fails with 403 and nothing else when it %s', async (name) => {
    for (const route of listRoutes()) {
      const attack = ATTACKS[name] as Attack;
      const { status, headers, body } = await send(await attack(toGoodRequest(route)));
      expect([route, status, headers['content-type'], body]).toEqual([
        route,
        403,
        'application/json',
        '{"message":"Forbidden"}',
      ]);
      expect(Object.keys(headers).filter((header) => !ANSWER_HEADERS.includes(header))).toEqual([]);
    }
  });
});

/** Of this process, which is the runtime here, and of everything below it: engines and functions. */
const listSockets = (): readonly ListeningSocket[] =>
  listListeningSockets([process.pid, ...listDescendants(process.pid)]);

const isRefused = (host: string, onPort: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ host, port: onPort });
    socket.once('connect', () => {
      socket.destroy();
      resolve(false);
    });
    socket.once('error', () => resolve(true));
  });

const enginePorts = (): readonly number[] =>
  [stack.address.api, stack.address.dynamodb, stack.address.sqs, stack.address.s3].map((url) =>
    Number(new URL(url).port),
  );

describe('what listens', () => {
  beforeAll(async () => {
    // So that every kind of process is there: the API's function, the producer, the consumer.
    const clients = connectTo({ ready: true, ...stack.address });
    const { id } = await clients.submit('echo', { text: 'hello' });
    expect(await clients.waitFor(id)).toMatchObject({ status: 'completed' });
    clients.close();
  });

  it.skipIf(process.platform !== 'linux')('listens on loopback only, by what the kernel says of each process', () => {
    const sockets = listSockets();
    expect(sockets.map((socket) => socket.port)).toEqual(expect.arrayContaining([...enginePorts()]));
    expect(sockets.filter(({ address }) => !['127.0.0.1', '::1'].includes(address))).toEqual([]);
  });

  it('is out of reach at every other address of this machine', async () => {
    const addresses = Object.values(networkInterfaces()).flatMap((list) =>
      (list ?? []).filter(({ internal }) => !internal).map(({ address, scopeid }) => (scopeid ? '' : address)),
    );
    for (const address of addresses.filter(Boolean)) {
      for (const onPort of enginePorts()) {
        expect([address, onPort, await isRefused(address, onPort)]).toEqual([address, onPort, true]);
      }
    }
  });

  it.each<[string, Readonly<Record<string, string>>, string]>([
    ['names a foreign host', { host: 'evil.example' }, 'GET'],
    ['names a host that only looks like this machine', { host: '127.0.0.1.evil.example' }, 'POST'],
    ['names a host that only ends like this machine', { host: 'evil-localhost' }, 'GET'],
    ['comes from a foreign page', { host: 'localhost', origin: 'https://evil.example' }, 'POST'],
    ['comes from a page without an origin', { host: 'localhost', origin: 'null' }, 'POST'],
    ['comes from a page of another local server', { host: 'localhost', origin: 'http://localhost:3000' }, 'POST'],
    ['is told by the browser to cross sites', { host: 'localhost', 'sec-fetch-site': 'cross-site' }, 'GET'],
    [
      'asks whether a foreign page may',
      { host: 'localhost', origin: 'https://evil.example', 'access-control-request-method': 'POST' },
      'OPTIONS',
    ],
  ])('fails with 403 on every port when a request %s', async (_, headers, method) => {
    // Elsewhere the ports of the secrets and of the functions are not known.
    const ports = process.platform === 'linux' ? listSockets().map((socket) => socket.port) : enginePorts();
    expect(ports.length).toBeGreaterThanOrEqual(4);
    for (const onPort of ports) {
      const answer = await sendBare(onPort, { method, headers, path: '/' });
      expect([onPort, answer.status, answer.headers['access-control-allow-origin']]).toEqual([onPort, 403, undefined]);
      expect(answer.body).toMatch(onPort === port ? /^\{"message":"Forbidden"\}$/ : /^\{"message":"Refused: /);
    }
  });
});
