import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createEvent, createHttpStack } from './memory-stack.ts';

const BODY = '{"type":"anything","input":"é💥"}';

afterEach(() => {
  vi.unstubAllGlobals();
});

describe('createLambdaHandler', () => {
  it('does without the objects of fetch, which take long to load', async () => {
    const { handler } = createHttpStack();
    for (const name of ['fetch', 'Request', 'Response', 'Headers', 'FormData']) {
      vi.stubGlobal(name, undefined);
    }
    expect(await handler(createEvent('POST', '/jobs', { body: BODY }))).toMatchObject({ statusCode: 202 });
    expect(await handler(createEvent('GET', '/jobs/nope'))).toMatchObject({ statusCode: 404 });
  });

  it('takes headers whatever the case of their names, all values of one', async () => {
    const { handler } = createHttpStack();
    const headers = { 'Content-Type': 'application/json', PREFER: 'return=minimal', prefer: ' wait=26 ' };
    const result = await handler(createEvent('POST', '/jobs', { body: BODY, headers }));
    expect(JSON.parse(result.body ?? '')).toMatchObject({ status: 400, errors: [{ header: 'Prefer' }] });
  });

  it('takes a second question mark for a part of the query', async () => {
    const { handler } = createHttpStack();
    const result = await handler(createEvent('GET', '/jobs/nope', { rawQueryString: '?wait=1' }));
    expect(JSON.parse(result.body ?? '')).toMatchObject({ status: 400, errors: [{ parameter: '?wait' }] });
  });

  it('answers in the form of payload 2.0', async () => {
    const { handler, submitted } = createHttpStack();
    const result = await handler(createEvent('POST', '/jobs', { body: BODY }));
    expect(result).toMatchObject({
      statusCode: 202,
      isBase64Encoded: false,
      headers: { 'content-type': 'application/json', location: `/jobs/${submitted[0]?.id}` },
    });
    expect(JSON.parse(result.body ?? '')).toMatchObject({ id: submitted[0]?.id });
  });

  it.each([true, false])('reads the body, base64: %s', async (isBase64Encoded) => {
    const { handler, store, submitted } = createHttpStack();
    const body = isBase64Encoded ? Buffer.from(BODY).toString('base64') : BODY;
    expect(await handler(createEvent('POST', '/jobs', { body, isBase64Encoded }))).toMatchObject({ statusCode: 202 });
    expect(store.getRaw(submitted[0]?.id ?? '')).toMatchObject({ input: '"é💥"' });
  });

  it('reads query and headers', async () => {
    const { handler, clock, submitted } = createHttpStack();
    const start = clock.now();
    const headers = { 'content-type': 'application/json', prefer: 'wait=2' };
    await handler(createEvent('POST', '/jobs', { body: BODY, headers }));
    expect(clock.now()).toBe(start + 2_000);
    await handler(createEvent('GET', `/jobs/${submitted[0]?.id}`, { rawQueryString: 'wait=3' }));
    expect(clock.now()).toBe(start + 5_000);
  });

  it.each(['a b', 'a%b', 'a%2Fb', 'a?b#c', 'é💥', '100%', "it's"])('finds a job by the decoded id %j', async (id) => {
    const { handler, store, submitted } = createHttpStack();
    await handler(createEvent('POST', '/jobs', { body: BODY }));
    store.putRaw({ ...store.getRaw(submitted[0]?.id ?? ''), id });
    const result = await handler(createEvent('GET', `/jobs/${id}`));
    expect(JSON.parse(result.body ?? '')).toMatchObject({ id });
  });

  it('passes over the body of a GET', async () => {
    const { handler } = createHttpStack();
    expect(await handler(createEvent('GET', '/jobs/nope', { body: 'x' }))).toMatchObject({ statusCode: 404 });
  });

  it('fails with 400 for a header that another key would come out of', async () => {
    const { handler } = createHttpStack();
    const headers = { 'content-type': 'application/json', 'idempotency-key': 'é💥' };
    expect(await handler(createEvent('POST', '/jobs', { body: BODY, headers }))).toMatchObject({ statusCode: 400 });
  });

  it.each<[string, APIGatewayProxyEventV2]>([
    ['a header with a line break', createEvent('GET', '/jobs/a', { headers: { 'x-a': 'b\nc' } })],
    ['a header without a name', createEvent('GET', '/jobs/a', { headers: { '': 'b' } })],
    ['half a character in the path', createEvent('GET', '/jobs/\ud800')],
    ['a method that is none', createEvent('G E T', '/jobs/a')],
  ])('fails with 400 for %s', async (_, bad) => {
    const { handler } = createHttpStack();
    expect(await handler(bad)).toMatchObject({
      statusCode: 400,
      headers: { 'content-type': 'application/problem+json' },
    });
  });

  it('tells who else may answer a problem apart by its media type', async () => {
    const { handler } = createHttpStack();
    const result = await handler(createEvent('POST', '/jobs'));
    expect(result).toMatchObject({ statusCode: 400, headers: { 'content-type': 'application/problem+json' } });
  });
});
