import { execFile } from 'node:child_process';
import { Agent, type IncomingMessage, request } from 'node:http';
import { createServer } from 'node:net';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type HttpFront, startHttpFront } from '../../../lib/local/http/front.ts';
import type { GatewayOptions } from '../../../lib/local/http/gateway.ts';
import type { InvokeResult } from '../../../lib/local/lambda/invocation.ts';
import type { HttpApiPlan, RoutePlan } from '../../../lib/local/template/plan.ts';
import { startIssuer } from './issuer.ts';
import { CREDENTIALS, sign, type ToSign } from './signed-request.ts';

let front: HttpFront;

beforeEach(async () => {
  front = await startHttpFront({ port: 0 });
});
afterEach(() => front.stop());

const route = (routeKey: string, changes: Partial<RoutePlan> = {}): RoutePlan => {
  const [method = '', path = ''] = routeKey.split(' ');
  return {
    routeKey,
    method: method === 'ANY' ? '*' : method,
    path,
    authorization: { kind: 'none' },
    functionName: 'Demo-Api',
    integrationTimeoutMs: 30_000,
    ...changes,
  };
};

const API: HttpApiPlan = {
  logicalId: 'Api',
  apiId: 'abcdefghij',
  name: 'api',
  routes: [route('ANY /open/{proxy+}'), route('ANY /jobs/{proxy+}', { authorization: { kind: 'iam' } })],
};

const success = (answer: unknown): InvokeResult => ({
  kind: 'success',
  requestId: 'r',
  payload: JSON.stringify(answer),
});

type Invoke = GatewayOptions['invoke'];

/** Answers with the event that it was invoked with. */
const echo: Invoke = async (_name, { payload }) => ({ kind: 'success', requestId: 'r', payload });

const serve = (invoke: Invoke = echo, api: Partial<HttpApiPlan> = {}) => {
  const notices: string[] = [];
  front.serve({
    api: { ...API, ...api },
    region: 'us-east-1',
    accountId: '000000000000',
    credentials: CREDENTIALS,
    invoke,
    onNotice: (notice) => notices.push(notice),
  });
  return notices;
};

const fetchSigned = async (toSign: ToSign) => {
  const signed = await sign({ ...toSign, host: `127.0.0.1:${front.port}` });
  const { host: _host, ...headers } = signed.headers;
  const query = signed.query === '' ? '' : `?${signed.query}`;
  return fetch(`${front.url}${signed.path}${query}`, {
    method: signed.method,
    headers,
    ...(signed.body === '' ? {} : { body: signed.body }),
  });
};

describe('the front', () => {
  it('answers what the function answers', async () => {
    serve(async (name) =>
      success({ statusCode: 201, headers: { location: `/${name}` }, cookies: ['a=1', 'b=2'], body: 'made' }),
    );
    const response = await fetch(`${front.url}/open/x`);
    expect(response.status).toBe(201);
    expect(response.headers.get('location')).toBe('/Demo-Api');
    expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
    expect(response.headers.get('apigw-requestid')).toMatch(/^[0-9a-f-]{36}$/);
    expect(await response.text()).toBe('made');
  });

  it('hands the request over as an event', async () => {
    serve();
    const response = await fetch(`${front.url}/open/a%20b?x=1&x=2`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'X-Mine': 'ja' },
      body: '{"a":1}',
    });
    expect(await response.json()).toMatchObject({
      routeKey: 'ANY /open/{proxy+}',
      rawPath: '/open/a b',
      rawQueryString: 'x=1&x=2',
      queryStringParameters: { x: '1,2' },
      pathParameters: { proxy: 'a b' },
      headers: { 'x-mine': 'ja', host: `127.0.0.1:${front.port}` },
      body: '{"a":1}',
      isBase64Encoded: false,
    });
  });

  it('answers 204 without a body', async () => {
    serve(async () => success({ statusCode: 204 }));
    const response = await fetch(`${front.url}/open/x`);
    expect([response.status, response.headers.get('content-length')]).toEqual([204, null]);
  });

  it('lets a signed request in and says who signed it', async () => {
    serve();
    const response = await fetchSigned({ path: '/jobs/a%20b', query: { a: ['2', '1'], b: 'ü' }, method: 'GET' });
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ requestContext: { authorizer: { iam: { accessKey: 'local' } } } });
  });

  it('lets in whoever has a token, and tells the function of whom it speaks', async () => {
    const issuer = await startIssuer();
    try {
      const authorization = { kind: 'jwt', issuer: issuer.url, audience: ['jobs'], scopes: ['submit'] } as const;
      const notices = serve(echo, { routes: [route('ANY /jobs/{proxy+}', { authorization })] });
      const call = (token: string) => fetch(`${front.url}/jobs/x`, { headers: { authorization: `Bearer ${token}` } });
      const response = await call(await issuer.createToken({ aud: 'jobs', sub: 'somebody', scope: 'submit' }));
      expect(await response.json()).toMatchObject({
        requestContext: { authorizer: { jwt: { claims: { sub: 'somebody' }, scopes: ['submit'] } } },
      });
      const foreign = await call(await issuer.createToken({ aud: 'payroll', scope: 'submit' }));
      expect([foreign.status, foreign.headers.get('www-authenticate'), await foreign.json()]).toEqual([
        401,
        'Bearer',
        { message: 'Unauthorized' },
      ]);
      const narrow = await call(await issuer.createToken({ aud: 'jobs', scope: 'read' }));
      expect([narrow.status, await narrow.json()]).toEqual([403, { message: 'Forbidden' }]);
      expect(notices).toEqual([
        'GET /jobs/x: refused, its token is for "payroll", not for one of jobs.',
        'GET /jobs/x: refused, its token has none of the scopes submit.',
      ]);
    } finally {
      await issuer.stop();
    }
  });

  it('lets a signed body in', async () => {
    serve();
    const response = await fetchSigned({ path: '/jobs/x', method: 'POST', body: '{"ü":1}' });
    expect(response.status).toBe(200);
  });
});

describe('the gateway itself answers', () => {
  const messageOf = async (response: Response) => {
    expect(response.headers.get('content-type')).toBe('application/json');
    return [response.status, await response.json()];
  };

  it('fails with 403 without a valid signature, and tells us why', async () => {
    const notices = serve();
    expect(await messageOf(await fetch(`${front.url}/jobs/x`))).toEqual([403, { message: 'Forbidden' }]);
    expect(notices).toEqual(['GET /jobs/x: refused, it carries no readable signature.']);
  });

  it('fails with 404 where no route is', async () => {
    serve();
    expect(await messageOf(await fetch(`${front.url}/nowhere`))).toEqual([404, { message: 'Not Found' }]);
  });

  it('fails with 413 for a body above 10 MB', async () => {
    serve();
    const body = Buffer.alloc(10 * 1024 * 1024 + 1);
    expect(await messageOf(await fetch(`${front.url}/open/x`, { method: 'POST', body }))).toEqual([
      413,
      { message: 'Request Entity Too Large' },
    ]);
  });

  it("fails with 429 above the stage's throttling", async () => {
    serve(echo, { throttling: { rateLimit: 0.001, burstLimit: 1 } });
    expect((await fetch(`${front.url}/open/x`)).status).toBe(200);
    expect(await messageOf(await fetch(`${front.url}/open/x`))).toEqual([429, { message: 'Too Many Requests' }]);
  });

  it('fails with 503 when the function takes too long', async () => {
    serve(() => new Promise(() => {}), { routes: [route('GET /open/{id}', { integrationTimeoutMs: 50 })] });
    expect(await messageOf(await fetch(`${front.url}/open/x`))).toEqual([503, { message: 'Service Unavailable' }]);
  });

  it('fails with 503 before it serves', async () => {
    expect(await messageOf(await fetch(`${front.url}/open/x`))).toEqual([503, { message: 'Service Unavailable' }]);
  });

  it.each<[InvokeResult, number, string]>([
    [
      { kind: 'function-error', requestId: 'r', errorType: 'E', errorMessage: 'm', payload: '{}' },
      500,
      'Internal Server Error',
    ],
    [{ kind: 'throttled' }, 503, 'Service Unavailable'],
    [{ kind: 'stopped' }, 503, 'Service Unavailable'],
    [{ kind: 'too-large' }, 413, 'Request Entity Too Large'],
  ])('fails when the invocation ends as %j', async (result, status, message) => {
    serve(async () => result);
    expect(await messageOf(await fetch(`${front.url}/open/x`))).toEqual([status, { message }]);
  });

  it('fails with 500 when invoking throws', async () => {
    serve(() => Promise.reject(new Error('broken')));
    expect(await messageOf(await fetch(`${front.url}/open/x`))).toEqual([500, { message: 'Internal Server Error' }]);
  });
});

describe('the port', () => {
  it('fails with a clear error when it is in use', async () => {
    await expect(startHttpFront({ port: front.port })).rejects.toMatchObject({
      code: 'port-in-use',
      port: front.port,
      message: expect.stringContaining(String(front.port)),
    });
  });

  // Elsewhere 127.0.0.2 is no address of this machine.
  it.skipIf(process.platform !== 'linux')('is open on one address only', async () => {
    const other = createServer();
    await new Promise<void>((resolve, reject) => {
      other.once('error', reject).listen(front.port, '127.0.0.2', resolve);
    });
    await new Promise((resolve) => other.close(resolve));
  });
});

describe('stop', () => {
  it('lets running requests end and refuses new ones', async () => {
    const waiting: (() => void)[] = [];
    serve(() => new Promise((resolve) => waiting.push(() => resolve(success('late')))));
    const agent = new Agent({ keepAlive: true });
    const running = new Promise<IncomingMessage>((resolve, reject) => {
      request(`${front.url}/open/x`, { agent }, resolve).on('error', reject).end();
    });
    await expect.poll(() => waiting.length).toBe(1);
    const stopped = front.stop();
    await expect(fetch(`${front.url}/open/y`)).rejects.toThrow();
    waiting[0]?.();
    const response = await running;
    expect(response.statusCode).toBe(200);
    expect(response.headers.connection).toBe('close');
    response.resume();
    await stopped;
    agent.destroy();
  });

  it('does not wait for a request that never ends', async () => {
    serve();
    const half = request(`${front.url}/open/x`, { method: 'POST', headers: { 'content-length': 100 } });
    const ended = new Promise((resolve) => half.once('error', resolve));
    await new Promise<void>((resolve) => half.write('part', () => resolve()));
    await front.stop();
    await ended;
  });
});

const run = promisify(execFile);

const hasCurl = await run('curl', ['--aws-sigv4', '', '--version']).then(
  () => true,
  () => false,
);
if (!hasCurl) console.warn('SKIPPED: no curl with --aws-sigv4 here, so its signatures are not tested.');

describe.skipIf(!hasCurl)('curl --aws-sigv4', () => {
  const curl = async (path: string, ...more: string[]) => {
    const { stdout } = await run('curl', [
      ...['--silent', '--aws-sigv4', 'aws:amz:us-east-1:execute-api', '--user', 'local:local'],
      ...['--output', '/dev/null', '--write-out', '%{http_code}', ...more, `${front.url}${path}`],
    ]);
    return stdout;
  };

  it.each([
    '/jobs/x',
    '/jobs/',
    '/jobs/a%20b',
    '/jobs/a%2Fb',
    '/jobs/%C3%BC',
    '/jobs//x',
    "/jobs/a!b'(c)",
    '/jobs/x?b=2&a=1',
    '/jobs/x?a=2&a=1&a=1',
    '/jobs/x?x=a%20b&y=%2F',
    '/jobs/x?x=a+b',
    '/jobs/x?flag',
    '/jobs/x?wait=25',
  ])('is let in with %s', async (path) => {
    serve();
    expect(await curl(path)).toBe('200');
  });

  it('is let in with a body and with spaces in its headers', async () => {
    serve();
    const headers = ['-H', 'content-type:   application/json', '-H', 'Idempotency-Key:  a   b ', '-H', 'X-Upper: V'];
    expect(await curl('/jobs/x', ...headers, '--data', '{"a":"ü"}')).toBe('200');
  });

  it('fails with another secret or region', async () => {
    serve();
    expect(await curl('/jobs/x', '--user', 'local:other')).toBe('403');
    expect(await curl('/jobs/x', '--aws-sigv4', 'aws:amz:eu-west-1:execute-api')).toBe('403');
  });
});
