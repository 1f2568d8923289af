import { describe, expect, it } from 'vitest';
import type { HttpRequest } from '../../../lib/local/http/http-request.ts';
import { toEvent } from '../../../lib/local/http/to-event.ts';

const NOW = Date.parse('2026-03-01T09:05:07Z');

const request = (changes: Partial<HttpRequest> = {}): HttpRequest => ({
  method: 'GET',
  path: '/jobs/1',
  query: '',
  headers: new Map([['host', ['127.0.0.1:4100']]]),
  body: Buffer.alloc(0),
  sourceIp: '127.0.0.1',
  ...changes,
});

const event = (changes: Partial<HttpRequest> = {}, accessKeyId?: string) =>
  toEvent({
    request: request(changes),
    match: {
      route: {
        routeKey: 'GET /jobs/{id}',
        method: 'GET',
        path: '/jobs/{id}',
        authorization: { kind: 'iam' },
        functionName: 'f',
        integrationTimeoutMs: 30_000,
      },
      pathParameters: { id: '1' },
    },
    apiId: 'abcdefghij',
    accountId: '000000000000',
    caller: accessKeyId === undefined ? { kind: 'anybody' } : { kind: 'signer', accessKeyId },
    now: NOW,
  });

describe('toEvent', () => {
  it('makes an event of payload format 2.0', () => {
    const headers = new Map([
      ['host', ['127.0.0.1:4100']],
      ['user-agent', ['curl/8']],
      ['x-twice', ['a', 'b']],
      ['cookie', ['one=1; two=2', 'three=3']],
    ]);
    expect(event({ headers, query: 'a=1&a=2&b=x%20y+z&flag' }, 'local')).toEqual({
      version: '2.0',
      routeKey: 'GET /jobs/{id}',
      rawPath: '/jobs/1',
      rawQueryString: 'a=1&a=2&b=x%20y+z&flag',
      cookies: ['one=1', 'two=2', 'three=3'],
      headers: {
        host: '127.0.0.1:4100',
        'user-agent': 'curl/8',
        'x-twice': 'a,b',
        'x-amzn-trace-id': expect.stringMatching(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24}$/),
        'x-forwarded-for': '127.0.0.1',
        'x-forwarded-port': '4100',
        'x-forwarded-proto': 'http',
      },
      queryStringParameters: { a: '1,2', b: 'x y z', flag: '' },
      requestContext: {
        accountId: '000000000000',
        apiId: 'abcdefghij',
        authorizer: {
          iam: {
            accessKey: 'local',
            accountId: '000000000000',
            callerId: 'local',
            cognitoIdentity: null,
            principalOrgId: null,
            userArn: 'arn:aws:iam::000000000000:user/local',
            userId: 'local',
          },
        },
        domainName: '127.0.0.1:4100',
        domainPrefix: '127',
        http: { method: 'GET', path: '/jobs/1', protocol: 'HTTP/1.1', sourceIp: '127.0.0.1', userAgent: 'curl/8' },
        requestId: expect.any(String),
        routeKey: 'GET /jobs/{id}',
        stage: '$default',
        time: '01/Mar/2026:09:05:07 +0000',
        timeEpoch: NOW,
      },
      pathParameters: { id: '1' },
      isBase64Encoded: false,
    });
  });

  it('leaves out what is not there', () => {
    const made = event();
    for (const name of ['cookies', 'queryStringParameters', 'body']) expect(made).not.toHaveProperty(name);
    expect(made).not.toHaveProperty('requestContext.authorizer');
  });

  it('decodes the path', () => {
    expect(event({ path: '/jobs/a%20%C3%BC' })).toMatchObject({
      rawPath: '/jobs/a ü',
      requestContext: { http: { path: '/jobs/a ü' } },
    });
    expect(event({ path: '/jobs/%zz' })).toMatchObject({ rawPath: '/jobs/%zz' });
  });

  it.each(['application/json', 'Application/JSON; charset=utf-8', 'text/csv', 'application/problem+json'])(
    'hands a body of %s over as text',
    (type) => {
      const headers = new Map([['content-type', [type]]]);
      expect(event({ headers, body: Buffer.from('ü') })).toMatchObject({ body: 'ü', isBase64Encoded: false });
    },
  );

  it.each([['application/octet-stream'], ['application/x-www-form-urlencoded'], [undefined]])(
    'hands a body of %s over as base64',
    (type) => {
      const headers = new Map(type === undefined ? [] : [['content-type', [type]]]);
      expect(event({ headers, body: Buffer.from([0, 255]) })).toMatchObject({ body: 'AP8=', isBase64Encoded: true });
    },
  );
});
