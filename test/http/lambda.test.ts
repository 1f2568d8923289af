import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { describe, expect, it } from 'vitest';
import { createLambdaHandler } from '../../lib/http/index.ts';
import { createHttpStack } from './memory-stack.ts';

/** An event as an HTTP API sends it (payload 2.0); the path is decoded. */
function event(
  method: string,
  rawPath: string,
  rest: Partial<Pick<APIGatewayProxyEventV2, 'body' | 'isBase64Encoded' | 'headers' | 'rawQueryString'>> = {},
): APIGatewayProxyEventV2 {
  return {
    version: '2.0',
    routeKey: `${method} ${rawPath}`,
    rawPath,
    rawQueryString: '',
    headers: { 'content-type': 'application/json', host: 'x.execute-api.us-east-1.amazonaws.com' },
    requestContext: {
      accountId: '123456789012',
      apiId: 'x',
      domainName: 'x.execute-api.us-east-1.amazonaws.com',
      domainPrefix: 'x',
      http: { method, path: rawPath, protocol: 'HTTP/1.1', sourceIp: '127.0.0.1', userAgent: 'test' },
      requestId: '1',
      routeKey: `${method} ${rawPath}`,
      stage: '$default',
      time: '',
      timeEpoch: 0,
    },
    isBase64Encoded: false,
    ...rest,
  };
}

const setup = () => {
  const stack = createHttpStack();
  return { ...stack, handler: createLambdaHandler(stack.app) };
};

const BODY = '{"type":"anything","input":"é💥"}';

describe('createLambdaHandler', () => {
  it('answers in the form of payload 2.0', async () => {
    const { handler, submitted } = setup();
    const result = await handler(event('POST', '/jobs', { body: BODY }));
    expect(result).toMatchObject({
      statusCode: 202,
      isBase64Encoded: false,
      headers: { 'content-type': 'application/json', location: `/jobs/${submitted[0]?.id}` },
    });
    expect(JSON.parse(result.body ?? '')).toMatchObject({ id: submitted[0]?.id });
  });

  it.each([true, false])('reads the body, base64: %s', async (isBase64Encoded) => {
    const { handler, store, submitted } = setup();
    const body = isBase64Encoded ? Buffer.from(BODY).toString('base64') : BODY;
    expect(await handler(event('POST', '/jobs', { body, isBase64Encoded }))).toMatchObject({ statusCode: 202 });
    expect(store.getRaw(submitted[0]?.id ?? '')).toMatchObject({ input: '"é💥"' });
  });

  it('reads query and headers', async () => {
    const { handler, clock, submitted } = setup();
    const start = clock.now();
    const headers = { 'content-type': 'application/json', prefer: 'wait=2' };
    await handler(event('POST', '/jobs', { body: BODY, headers }));
    expect(clock.now()).toBe(start + 2_000);
    await handler(event('GET', `/jobs/${submitted[0]?.id}`, { rawQueryString: 'wait=3' }));
    expect(clock.now()).toBe(start + 5_000);
  });

  it.each(['a b', 'a%b', 'a%2Fb', 'a?b#c', 'é💥', '100%', "it's"])('finds a job by the decoded id %j', async (id) => {
    const { handler, store, submitted } = setup();
    await handler(event('POST', '/jobs', { body: BODY }));
    store.putRaw({ ...store.getRaw(submitted[0]?.id ?? ''), id });
    const result = await handler(event('GET', `/jobs/${id}`));
    expect(JSON.parse(result.body ?? '')).toMatchObject({ id });
  });

  it('passes over the body of a GET', async () => {
    const { handler } = setup();
    expect(await handler(event('GET', '/jobs/nope', { body: 'x' }))).toMatchObject({ statusCode: 404 });
  });

  it('fails with 400 for a header that another key would come out of', async () => {
    const { handler } = setup();
    const headers = { 'content-type': 'application/json', 'idempotency-key': 'é💥' };
    expect(await handler(event('POST', '/jobs', { body: BODY, headers }))).toMatchObject({ statusCode: 400 });
  });

  it.each<[string, APIGatewayProxyEventV2]>([
    ['a header with a line break', event('GET', '/jobs/a', { headers: { 'x-a': 'b\nc' } })],
    ['a header without a name', event('GET', '/jobs/a', { headers: { '': 'b' } })],
    ['half a character in the path', event('GET', '/jobs/\ud800')],
    ['a method that is none', event('G E T', '/jobs/a')],
  ])('fails with 400 for %s', async (_, bad) => {
    const { handler } = setup();
    expect(await handler(bad)).toMatchObject({
      statusCode: 400,
      headers: { 'content-type': 'application/problem+json' },
    });
  });

  it('tells who else may answer a problem apart by its media type', async () => {
    const { handler } = setup();
    const result = await handler(event('POST', '/jobs'));
    expect(result).toMatchObject({ statusCode: 400, headers: { 'content-type': 'application/problem+json' } });
  });
});
