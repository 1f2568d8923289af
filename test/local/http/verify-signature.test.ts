import { describe, expect, it } from 'vitest';
import type { HttpRequest } from '../../../lib/local/http/http-request.ts';
import { verifySignature } from '../../../lib/local/http/signature/verify-signature.ts';
import {
  CREDENTIALS,
  presign,
  type Signed,
  type SignWith,
  sign,
  type ToSign,
  toHttpRequest,
} from './signed-request.ts';

const NOW = Date.parse('2026-03-01T12:00:00Z');
const OPTIONS = { ...CREDENTIALS, region: 'us-east-1', service: 'execute-api' };
const MINUTE_MS = 60_000;

const verify = (request: HttpRequest, now = NOW) => verifySignature(request, OPTIONS, now);
const signAt = (request: ToSign, options: SignWith = {}) => sign(request, { signingDate: new Date(NOW), ...options });
const presignFor = (expiresSeconds: number, request: ToSign = {}) =>
  presign(request, { signingDate: new Date(NOW), expiresSeconds });
const changed = (signed: Signed, changes: Partial<Signed>): HttpRequest => toHttpRequest({ ...signed, ...changes });

const VALID = { kind: 'valid', accessKeyId: 'local' };
const invalid = (reason: string) => ({ kind: 'invalid', reason: expect.stringContaining(reason) });

describe('verifySignature accepts', () => {
  it.each<[string, ToSign]>([
    ['a bare request', {}],
    ['the root', { path: '/' }],
    ['a slash at the end', { path: '/jobs/' }],
    ['encoded characters', { path: '/jobs/a%20b%2Fc/%C3%BC' }],
    ['characters that some encode and some do not', { path: "/jobs/a!b'(c)*~-._" }],
    ['dots and empty segments', { path: '/jobs/./a//b/../c' }],
    ['a query in another order', { query: { b: '2', a: '1', B: '3' } }],
    ['duplicates in a query', { query: { a: ['2', '1', '1'], b: '' } }],
    ['a query that needs encoding', { query: { 'ä b': 'c+d/e=f&g', empty: '' } }],
    [
      'a body',
      { method: 'POST', body: '{"type":"sleep","input":"ü"}', headers: { 'content-type': 'application/json' } },
    ],
    ['spaces in headers', { headers: { 'x-spaced': '  a   b  ', 'x-utf8': 'ü' } }],
  ])('%s, as the AWS SDK signs it', async (_what, request) => {
    expect(verify(toHttpRequest(await signAt(request)))).toEqual(VALID);
  });

  it.each([
    ['get-vanilla', '', '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31'],
    [
      'get-vanilla-query-order-key-case',
      'Param2=value2&Param1=value1',
      'b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500',
    ],
  ])("%s of AWS's own test suite", (_name, query, signature) => {
    const scope = 'AKIDEXAMPLE/20150830/us-east-1/service/aws4_request';
    const request: HttpRequest = {
      method: 'GET',
      path: '/',
      query,
      headers: new Map([
        ['host', ['example.amazonaws.com']],
        ['x-amz-date', ['20150830T123600Z']],
        [
          'authorization',
          [`AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host;x-amz-date, Signature=${signature}`],
        ],
      ]),
      body: Buffer.alloc(0),
      sourceIp: '127.0.0.1',
    };
    const options = {
      accessKeyId: 'AKIDEXAMPLE',
      secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
      region: 'us-east-1',
      service: 'service',
    };
    expect(verifySignature(request, options, Date.parse('2015-08-30T12:36:00Z'))).toMatchObject({ kind: 'valid' });
  });

  it.each([-5 * MINUTE_MS, 5 * MINUTE_MS])('a clock that is off by %i ms', async (skewMs) => {
    expect(verify(toHttpRequest(await signAt({})), NOW + skewMs)).toEqual(VALID);
  });

  it('a presigned request until it expires', async () => {
    const request = toHttpRequest(await presignFor(600, { path: '/jobs/a%20b', query: { wait: '1' } }));
    expect(verify(request, NOW + 10 * MINUTE_MS)).toEqual(VALID);
  });
});

describe('verifySignature refuses', () => {
  it('fails without a signature, or with another kind of one', async () => {
    const signed = await signAt({});
    expect(verify(changed(signed, { headers: { host: '127.0.0.1:4100' } }))).toEqual(invalid('no readable signature'));
    const headers = { ...signed.headers, authorization: 'Basic bG9jYWw6bG9jYWw=' };
    expect(verify(changed(signed, { headers }))).toEqual(invalid('no readable signature'));
  });

  it.each<[string, SignWith, string]>([
    ['another secret', { credentials: { accessKeyId: 'local', secretAccessKey: 'other' } }, 'secret key'],
    ['an unknown key', { credentials: { accessKeyId: 'AKIA', secretAccessKey: 'local' } }, '"AKIA" is unknown'],
    ['another region', { region: 'eu-west-1' }, 'signed for eu-west-1/execute-api'],
    ['another service', { service: 'sqs' }, 'signed for us-east-1/sqs'],
    ['a date too old', { signingDate: new Date(NOW - 5 * MINUTE_MS - 1_000) }, 'expired'],
    ['a date too new', { signingDate: new Date(NOW + 5 * MINUTE_MS + 1_000) }, 'future'],
  ])('fails for %s', async (_what, options, reason) => {
    expect(verify(toHttpRequest(await signAt({}, options)))).toEqual(invalid(reason));
  });

  it.each<[string, Partial<Signed>]>([
    ['method', { method: 'DELETE' }],
    ['path', { path: '/jobs/other' }],
    ['query', { query: 'a=1&b=2' }],
  ])('fails when the %s is not the signed one', async (_what, changes) => {
    const signed = await signAt({ query: { a: '1' } });
    expect(verify(changed(signed, changes))).toEqual(invalid('secret key'));
  });

  it('fails when a signed header was changed or is missing', async () => {
    const signed = await signAt({ headers: { 'x-mine': '1' } });
    expect(verify(changed(signed, { headers: { ...signed.headers, 'x-mine': '2' } }))).toEqual(invalid('secret key'));
    const { 'x-mine': _removed, ...others } = signed.headers;
    expect(verify(changed(signed, { headers: others }))).toEqual(invalid('"x-mine" is missing'));
  });

  it('fails when the body is not the signed one', async () => {
    const signed = await signAt({ method: 'POST', body: '{"a":1}' });
    expect(verify(changed(signed, { body: '{"a":2}' }))).toEqual(invalid('x-amz-content-sha256'));
    const { 'x-amz-content-sha256': _removed, ...others } = signed.headers;
    expect(verify(changed(signed, { body: '{"a":2}', headers: others }))).toMatchObject({ kind: 'invalid' });
  });

  it.each([
    ['host', 'SignedHeaders=x-amz-content-sha256;x-amz-date', 'host is not signed'],
    ['date', 'SignedHeaders=host;x-amz-content-sha256', 'date is not signed'],
  ])('fails when the %s is not signed', async (_what, signedHeaders, reason) => {
    const signed = await signAt({});
    const authorization = (signed.headers['authorization'] ?? '').replace(/SignedHeaders=[^,]+/, signedHeaders);
    expect(verify(changed(signed, { headers: { ...signed.headers, authorization } }))).toEqual(invalid(reason));
  });

  it('fails when the scope is of another day than the date', async () => {
    const signed = await signAt({});
    const authorization = (signed.headers['authorization'] ?? '').replace('/20260301/', '/20260228/');
    expect(verify(changed(signed, { headers: { ...signed.headers, authorization } }))).toEqual(invalid('day'));
  });

  it('fails for a presigned request that has expired, was changed, or holds for too long', async () => {
    const signed = await presignFor(60);
    expect(verify(toHttpRequest(signed), NOW + MINUTE_MS + 1_000)).toEqual(invalid('expired'));
    expect(verify(changed(signed, { query: `${signed.query}&more=1` }))).toEqual(invalid('secret key'));
    const forever = signed.query.replace('X-Amz-Expires=60', 'X-Amz-Expires=604801');
    expect(verify(changed(signed, { query: forever }))).toEqual(invalid('no readable signature'));
  });

  it.each(['00', 'zz', ', Signature=00', ', a=b', ', Credential=x', ', xxx'])(
    'fails when %j stands behind a good signature',
    async (more) => {
      const signed = await signAt({});
      const authorization = `${signed.headers['authorization']}${more}`;
      expect(verify(changed(signed, { headers: { ...signed.headers, authorization } }))).toMatchObject({
        kind: 'invalid',
      });
    },
  );

  it.each([
    'AWS4-HMAC-SHA256',
    'AWS4-HMAC-SHA256 Credential=local, SignedHeaders=host, Signature=00',
    'AWS4-HMAC-SHA256 Credential=local/20260301/us-east-1/execute-api/aws4_request, SignedHeaders=host, Signature=',
    'AWS4-HMAC-SHA256 Credential=local/20260301/us-east-1/execute-api/aws4_request, SignedHeaders=host;x-amz-date, Signature=zz',
  ])('fails for the malformed header %j', async (authorization) => {
    const signed = await signAt({});
    expect(verify(changed(signed, { headers: { ...signed.headers, authorization } }))).toMatchObject({
      kind: 'invalid',
    });
  });
});
