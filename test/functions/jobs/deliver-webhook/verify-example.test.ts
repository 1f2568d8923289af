import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { transformSync } from 'esbuild';
import { beforeAll, describe, expect, it } from 'vitest';
import { answerInTurn, type Received, startReceiver } from './receiver.ts';
import { NOW, SECRET, setup } from './setup.ts';

interface Example {
  isGenuine(received: Pick<Received, 'headers' | 'body'>, secret: string, nowMs?: number): boolean;
}

let example: Example;

/** The code of the document as a receiver would copy it. */
beforeAll(async () => {
  const [, code = ''] =
    /^```ts\n(\/\/ verify-webhook\.ts\n[\s\S]*?)^```$/m.exec(readFileSync('docs/webhooks.md', 'utf8')) ?? [];
  const directory = mkdtempSync(join(tmpdir(), 'async-endpoints-verify-'));
  const path = join(directory, 'verify-webhook.mjs');
  writeFileSync(path, transformSync(code, { loader: 'ts' }).code);
  example = (await import(pathToFileURL(path).href)) as Example;
  rmSync(directory, { recursive: true });
});

const ENCODED_SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';

const receive = async (body: unknown, secret = SECRET): Promise<Received> => {
  const receiver = await startReceiver(answerInTurn(200));
  await setup({ readSecret: async () => secret }).deliver({
    url: `http://receiver.test:${receiver.port}`,
    body,
    secretName: 'partner',
  });
  const [received] = receiver.received;
  if (received === undefined) throw new Error('Nothing came.');
  return received;
};

describe('the documented check of a signature', () => {
  it.each([{ text: 'å 🌍' }, '', null])('accepts what was sent: %j', async (body) => {
    const received = await receive(body);
    expect(example.isGenuine(received, SECRET, NOW)).toBe(true);
    expect(example.isGenuine(received, SECRET, NOW + 300_000)).toBe(true);
    expect(example.isGenuine(received, SECRET, NOW - 300_000)).toBe(true);
  });

  it('accepts what was signed with an encoded secret, also beside the signature of another key', async () => {
    const received = await receive({ amount: 1 }, ENCODED_SECRET);
    expect(example.isGenuine(received, ENCODED_SECRET, NOW)).toBe(true);
    const signature = `v1,${'0'.repeat(43)}= ${String(received.headers['webhook-signature'])}`;
    const both = { ...received, headers: { ...received.headers, 'webhook-signature': signature } };
    expect(example.isGenuine(both, ENCODED_SECRET, NOW)).toBe(true);
  });

  it('fails for what is changed, replayed, from the future, of another key or not signed', async () => {
    const received = await receive({ amount: 1 });
    const withHeaders = (headers: Record<string, string | undefined>) => ({
      ...received,
      headers: { ...received.headers, ...headers },
    });
    const verdicts = {
      body: example.isGenuine({ ...received, body: '{"amount":2}' }, SECRET, NOW),
      replayed: example.isGenuine(received, SECRET, NOW + 301_000),
      future: example.isGenuine(received, SECRET, NOW - 301_000),
      key: example.isGenuine(received, 'another', NOW),
      id: example.isGenuine(withHeaders({ 'webhook-id': 'job-2' }), SECRET, NOW),
      time: example.isGenuine(withHeaders({ 'webhook-timestamp': String(NOW / 1000 + 1) }), SECRET, NOW),
      noTime: example.isGenuine(withHeaders({ 'webhook-timestamp': undefined }), SECRET, NOW),
      signature: example.isGenuine(withHeaders({ 'webhook-signature': `v1,${'0'.repeat(43)}=` }), SECRET, NOW),
      cut: example.isGenuine(withHeaders({ 'webhook-signature': 'v1,' }), SECRET, NOW),
      unsigned: example.isGenuine(withHeaders({ 'webhook-signature': undefined }), SECRET, NOW),
    };
    expect(Object.entries(verdicts).filter(([, isGenuine]) => isGenuine)).toEqual([]);
  });
});
