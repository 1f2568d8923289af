import { describe, expect, it } from 'vitest';
import { deliverWebhook } from '../../../../functions/jobs/deliver-webhook/definition.ts';

const least = { url: 'https://receiver.test/', body: null };

const pathsOf = async (input: unknown): Promise<readonly string[]> => {
  const { issues = [] } = await deliverWebhook.input['~standard'].validate(input);
  return issues.map(({ path = [] }) => path.map(String).join('/'));
};

describe('input of deliver-webhook', () => {
  it.each([
    least,
    { url: 'http://127.0.0.1:8080/a?b=c#d', body: 'text' },
    {
      ...least,
      body: [1, { a: null }],
      headers: { Authorization: 'Bearer x', 'Content-Type': 'a/b' },
      secretName: 'a.b_c-1',
    },
  ])('is valid: %j', async (input) => {
    expect(await pathsOf(input)).toEqual([]);
  });

  it.each<[string, unknown]>([
    ['url', { ...least, url: 'ftp://receiver.test/' }],
    ['url', { ...least, url: 'receiver.test' }],
    ['url', { ...least, url: 'file:///etc/passwd' }],
    ['url', { ...least, url: 'https://user:password@receiver.test/' }],
    ['url', { ...least, url: `https://receiver.test/${'x'.repeat(2_000)}` }],
    ['body', { url: least.url }],
    ['secretName', { ...least, secretName: '../other' }],
    ['secretName', { ...least, secretName: '' }],
    ['', { ...least, method: 'GET' }],
    ['headers', { ...least, headers: { A: '1', a: '2' } }],
    ['headers', { ...least, headers: Object.fromEntries(Array.from({ length: 51 }, (_, n) => [`h${n}`, ''])) }],
    ['headers/a', { ...least, headers: { a: 'x\r\nhost: evil' } }],
    ['headers/a', { ...least, headers: { a: 'å' } }],
  ])('fails at %j: %j', async (path, input) => {
    expect(await pathsOf(input)).toEqual([path]);
  });

  it.each([
    'Host',
    'content-length',
    'Transfer-Encoding',
    'connection',
    'Keep-Alive',
    'TE',
    'trailer',
    'Upgrade',
    'Expect',
    'Proxy-Authorization',
    'Webhook-Id',
    'webhook-signature',
    'webhook-anything',
    'a b',
    'a:b',
    '',
  ])('fails for the header %j', async (name) => {
    expect(await pathsOf({ ...least, headers: { [name]: 'x' } })).toEqual([`headers/${name}`]);
  });
});
