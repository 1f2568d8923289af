import { createHmac } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DevProcess, expectAllGone, killAll, startDev } from '../local/stack/dev-process.ts';
import { connectTo, type LocalClients } from './local-clients.ts';

/** A receiver whose answers stand in the path: `/500/500/200` fails twice. */
interface Request {
  readonly path: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

const requests: Request[] = [];
const data = mkdtempSync(join(tmpdir(), 'async-endpoints-webhook-'));
let server: Server;
let port: number;
let dev: DevProcess;
let clients: LocalClients;

beforeAll(async () => {
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const earlier = requests.filter(({ path }) => path === request.url).length;
      requests.push({ path: request.url, headers: request.headers, body: Buffer.concat(chunks).toString() });
      response.writeHead(Number(request.url?.split('/')[earlier + 1])).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  port = (server.address() as AddressInfo).port;
  writeFileSync(join(data, 'secrets.json'), '{"partner":"from the file"}');
  dev = await startDev({
    directory: fileURLToPath(new URL('webhook-app', import.meta.url)),
    args: ['--data', data],
  });
  clients = connectTo(dev.ready);
});

afterAll(async () => {
  clients?.close();
  dev?.child.kill('SIGTERM');
  await dev?.exited;
  await expectAllGone(dev?.pids ?? [], 5_000);
  killAll();
  server?.close();
  rmSync(data, { recursive: true, force: true });
});

const deliver = async (input: { readonly url: string; readonly secretName?: string }) => {
  const { id } = await clients.submit('deliver-webhook', { body: { order: 7 }, ...input });
  return await clients.waitFor(id);
};

describe('a webhook on the local stack', () => {
  it('is delivered at the third attempt, signed with the secret of the file', async () => {
    const job = await deliver({ url: `http://localhost:${port}/500/500/200`, secretName: 'partner' });

    expect(job).toMatchObject({ status: 'completed', attempt: 3, result: { status: 200 } });
    const received = requests.filter(({ path }) => path === '/500/500/200');
    expect(received.map(({ headers }) => headers['webhook-attempt'])).toEqual(['1', '2', '3']);
    for (const { headers, body } of received) {
      const signature = createHmac('sha256', 'from the file')
        .update(`${job.id}.${headers['webhook-timestamp']}.${body}`)
        .digest('base64');
      expect(headers).toMatchObject({ 'webhook-id': job.id, 'webhook-signature': `v1,${signature}` });
    }
  });

  it('fails at once when it is gone, when its host is not allowed, and when there is no such secret', async () => {
    const jobs = await Promise.all([
      deliver({ url: `http://127.0.0.1:${port}/410` }),
      deliver({ url: 'https://elsewhere.test/' }),
      deliver({ url: `http://127.0.0.1:${port}/200`, secretName: 'nobody' }),
    ]);

    expect(jobs.map(({ status, attempt }) => [status, attempt])).toEqual([
      ['failed', 1],
      ['failed', 1],
      ['failed', 1],
    ]);
    expect(jobs.map(({ error }) => error?.message)).toEqual([
      `127.0.0.1:${port} answered 410`,
      expect.stringContaining('webhooks.allowedHosts'),
      expect.stringContaining(join(data, 'secrets.json')),
    ]);
  });
});
