import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { answerInTurn, startReceiver } from './receiver.ts';
import { errorOf, NOW, SECRET, setup } from './setup.ts';

describe('a webhook', () => {
  it('is sent with its body as JSON and what tells attempts and jobs apart', async () => {
    const receiver = await startReceiver(answerInTurn(200));
    const { deliver } = setup({ attempt: 3 });

    const result = await deliver({ url: `http://receiver.test:${receiver.port}/hooks?a=1`, body: { text: 'å 🌍' } });

    expect(result).toEqual({ status: 200, durationMs: 0 });
    expect(receiver.received).toHaveLength(1);
    expect(receiver.received[0]).toMatchObject({ method: 'POST', path: '/hooks?a=1', body: '{"text":"å 🌍"}' });
    expect(receiver.received[0]?.headers).toEqual({
      host: `receiver.test:${receiver.port}`,
      connection: 'close',
      'content-type': 'application/json',
      'content-length': '18',
      'user-agent': 'async-endpoints',
      'webhook-id': 'job-1',
      'webhook-attempt': '3',
    });
  });

  it.each([null, 0, false, [], {}])('may have the body %j', async (body) => {
    const receiver = await startReceiver(answerInTurn(200));
    await setup().deliver({ url: `http://receiver.test:${receiver.port}`, body });
    expect(receiver.received[0]?.body).toBe(JSON.stringify(body));
  });

  it('is sent as it is when its body is a text, under the type that its headers name', async () => {
    const receiver = await startReceiver(answerInTurn(200));
    const url = `http://receiver.test:${receiver.port}`;

    await setup().deliver({ url, body: '' });
    await setup().deliver({ url, body: '<a/>', headers: { 'Content-Type': 'text/xml', Authorization: 'Bearer x' } });

    expect(receiver.received.map(({ body }) => body)).toEqual(['', '<a/>']);
    expect(receiver.received[0]?.headers).toMatchObject({ 'content-type': 'text/plain; charset=utf-8' });
    expect(receiver.received[1]?.headers).toMatchObject({ 'content-type': 'text/xml', authorization: 'Bearer x' });
  });

  it('is signed over its id, its time and the very bytes that are sent', async () => {
    const receiver = await startReceiver(answerInTurn(200));
    const { deliver } = setup();

    await deliver({ url: `http://receiver.test:${receiver.port}`, body: { text: 'å' }, secretName: 'partner' });

    const timestamp = String(NOW / 1000);
    const signature = createHmac('sha256', SECRET).update(`job-1.${timestamp}.{"text":"å"}`).digest('base64');
    expect(receiver.received[0]?.headers).toMatchObject({
      'webhook-timestamp': timestamp,
      'webhook-signature': `v1,${signature}`,
    });
  });

  it('keeps its own headers, whatever an input that was never checked asks for', async () => {
    const receiver = await startReceiver(answerInTurn(200));
    const headers = { 'Webhook-Id': 'other', 'WEBHOOK-ATTEMPT': '9', Connection: 'keep-alive' };

    await setup().deliver({ url: `http://receiver.test:${receiver.port}`, headers });

    const names = receiver.received[0]?.rawHeaders
      .filter((_, index) => index % 2 === 0)
      .map((name) => name.toLowerCase());
    expect(new Set(names).size).toBe(names?.length);
    expect(receiver.received[0]?.headers).toMatchObject({
      'webhook-id': 'job-1',
      'webhook-attempt': '1',
      connection: 'close',
    });
  });

  it.each([200, 201, 202, 204, 299])('is delivered when the answer is %d', async (status) => {
    const receiver = await startReceiver(answerInTurn(status));
    const { deliver } = setup();
    await expect(deliver({ url: `http://receiver.test:${receiver.port}` })).resolves.toMatchObject({ status });
  });

  it.each([400, 401, 403, 404, 410, 422, 451])('fails for good when the answer is %d', async (status) => {
    const receiver = await startReceiver(answerInTurn(status));
    const error = await errorOf(setup().deliver({ url: `http://receiver.test:${receiver.port}/?token=x` }));
    expect(error).toMatchObject({ code: 'permanent', message: `receiver.test:${receiver.port} answered ${status}` });
  });

  it.each([408, 425, 429, 500, 502, 503, 504, 599])('fails for now when the answer is %d', async (status) => {
    const receiver = await startReceiver(answerInTurn(status));
    const error = await errorOf(setup().deliver({ url: `http://receiver.test:${receiver.port}` }));
    expect(error).toMatchObject({
      code: 'delivery-failed',
      message: `receiver.test:${receiver.port} answered ${status}`,
    });
  });

  it.each([301, 302, 303, 307, 308])('fails for good, unredirected, when the answer is %d', async (status) => {
    const receiver = await startReceiver((response) => {
      response.writeHead(status, { location: '/elsewhere?token=x' }).end();
    });
    const error = await errorOf(setup().deliver({ url: `http://receiver.test:${receiver.port}` }));
    expect(error).toMatchObject({
      code: 'permanent',
      message: expect.stringContaining(`answered ${status} to http://receiver.test:${receiver.port}/elsewhere.`),
    });
    expect(receiver.received).toHaveLength(1);
  });

  it('fails with the beginning of the answer, in one line', async () => {
    const receiver = await startReceiver((response) => {
      response.writeHead(400).end(`no\r\nsuch\u0000hook ${'🌍'.repeat(1_000)}`);
    });
    const error = await errorOf(setup().deliver({ url: `http://receiver.test:${receiver.port}` }));
    expect(error).toMatchObject({ message: expect.stringMatching(/ answered 400: no such hook 🌍{187}…$/u) });
  });
});

describe('Retry-After', () => {
  const failWith = async (status: number, retryAfter: string) => {
    const receiver = await startReceiver((response) => {
      response.writeHead(status, { 'retry-after': retryAfter }).end();
    });
    return await errorOf(setup().deliver({ url: `http://receiver.test:${receiver.port}` }));
  };

  it.each<[number, string, number]>([
    [429, '7', 7],
    [503, '120', 120],
    [500, new Date(NOW + 90_000).toUTCString(), 90],
    [503, '86400', 3_600],
    [503, '99999999999999999999999', 3_600],
    [503, new Date(NOW + 86_400_000).toUTCString(), 3_600],
  ])('%d %s puts the next attempt off for %d s', async (status, retryAfter, delaySeconds) => {
    expect(await failWith(status, retryAfter)).toMatchObject({ code: 'retry-later', delaySeconds });
  });

  it.each(['0', '-5', '1.5', 'soon', new Date(NOW - 1_000).toUTCString(), '2026-01-02T03:05:05Z'])(
    '%j is none: the usual backoff decides',
    async (retryAfter) => {
      expect(await failWith(503, retryAfter)).toMatchObject({ code: 'delivery-failed' });
    },
  );

  it('changes nothing about an answer that is final', async () => {
    expect(await failWith(410, '7')).toMatchObject({ code: 'permanent' });
  });
});

describe('the allow list', () => {
  it.each<[string, object, RegExp]>([
    ['no host', { allowedHosts: [] }, /sends no webhooks.*webhooks\.allowedHosts/],
    [
      'other hosts',
      { allowedHosts: ['other.test', '*.receiver.test'] },
      /receiver\.test is not among.*webhooks\.allowedHosts/,
    ],
    ['no http', { allowHttp: false }, /https only.*webhooks\.allowHttp/],
  ])('fails for good with %s, before anything is looked up', async (_, config, message) => {
    const { deliver, lookUps } = setup({ config });
    const error = await errorOf(deliver({ url: 'http://receiver.test/' }));
    expect(error).toMatchObject({ code: 'permanent', message: expect.stringMatching(message) });
    expect(lookUps).toEqual([]);
  });
});

describe('a webhook whose time is over', () => {
  it('fails with the reason for which its job was told to stop', async () => {
    const receiver = await startReceiver(() => abort(new Error('time is up')));
    const { deliver, abort } = setup();
    await expect(deliver({ url: `http://receiver.test:${receiver.port}` })).rejects.toThrow('time is up');
  });

  it('fails for now when the receiver does not answer in time', async () => {
    const receiver = await startReceiver(() => {});
    const { deliver } = setup({ requestTimeoutMs: 50 });
    const error = await errorOf(deliver({ url: `http://receiver.test:${receiver.port}` }));
    expect(error).toMatchObject({
      code: 'delivery-failed',
      message: expect.stringContaining('did not answer within 50 ms'),
    });
  });

  it('fails before the time of its job is over', async () => {
    const receiver = await startReceiver(() => {});
    const { deliver } = setup({ remainingMs: 1_050 });
    const error = await errorOf(deliver({ url: `http://receiver.test:${receiver.port}` }));
    expect(error).toMatchObject({ message: expect.stringContaining('within 50 ms') });
  });
});
