import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createTextFormat } from '../../lib/cli/log-lines.ts';
import { type DevProcess, expectAllGone, killAll, startDev } from '../local/stack/dev-process.ts';
import { connectTo, type LocalClients } from './local-clients.ts';
import { HOWS } from './secrecy-app/jobs/indiscreet/definition.ts';

/** Everything that is nobody's business begins so, and then says where it was planted. */
const MARK = 'planted';
/** What a handler logs on purpose: proof that the logs which are searched are those of the functions. */
const OWN_LINE = 'a line of the handler';

const data = mkdtempSync(join(tmpdir(), 'async-endpoints-secrecy-'));
const receiver = createServer((request, response) => {
  const status = Number(/status=(\d+)/.exec(request.url ?? '')?.[1]);
  request.resume().on('end', () => response.writeHead(status).end(`${MARK}-answer`));
});
/** Made up by the stack while it runs, and as secret as what was planted. */
const foundSecrets: string[] = [];
const problems: string[] = [];
let dev: DevProcess;
let clients: LocalClients;

const deliver = (status: number, secretName = 'partner') =>
  clients.submit('deliver-webhook', {
    url: `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/${MARK}-path?status=${status}&${MARK}-query`,
    body: `${MARK}-body`,
    headers: { authorization: `Bearer ${MARK}-header` },
    secretName,
  });

/** Refused by the API. */
const refused = async (options: Parameters<LocalClients['request']>[2], path = '/jobs'): Promise<void> => {
  const response = await clients.request('POST', path, options);
  expect(response.status).toBeGreaterThanOrEqual(400);
  problems.push(await response.text());
};

const isCredentials = (result: unknown): result is Readonly<Record<'secretAccessKey' | 'sessionToken', string>> =>
  typeof result === 'object' && result !== null && 'sessionToken' in result;

const submitEverything = async (): Promise<readonly string[]> => {
  const ids: string[] = [];
  for (const how of HOWS) {
    const text = how === 'log' ? OWN_LINE : `${MARK}-${how.replaceAll(' ', '-')}`;
    const body = {
      type: 'indiscreet',
      input: { text, how },
      idempotencyKey: `${MARK}-key-${how}`,
      group: `${MARK}-group`,
    };
    const response = await clients.request('POST', '/jobs', { body });
    ids.push(((await response.json()) as { readonly id: string }).id);
  }
  const csv = `name,n\n"${MARK}-csv,1\n`;
  const others = [deliver(200), deliver(410), deliver(200, `${MARK}-name`), clients.submit('summarize-csv', { csv })];
  ids.push(...(await Promise.all(others)).map(({ id }) => id));
  await clients.putRaw('no-json', 'indiscreet', `{"text":"${MARK}-unfinished`);
  await clients.putRaw('another-shape', 'indiscreet', `{"text":["${MARK}-shape"]}`);
  await clients.putRaw('odd', 'indiscreet', '{}', { attempt: `${MARK}-field`, history: [`${MARK}-history`] });
  return [...ids, 'no-json', 'another-shape', 'odd'];
};

beforeAll(async () => {
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  writeFileSync(join(data, 'secrets.json'), JSON.stringify({ partner: `${MARK}-secret` }));
  dev = await startDev({
    directory: fileURLToPath(new URL('secrecy-app', import.meta.url)),
    args: ['--data', data],
  });
  clients = connectTo(dev.ready);

  const ids = await submitEverything();
  await clients.sendMessage(`${MARK}-poison`);
  await clients.sendMessage(JSON.stringify({ v: 1, id: 'nobody', [MARK]: `${MARK}-message` }));
  const input = { text: `${MARK}-other-input`, how: 'return' };
  await refused({ body: { type: 'indiscreet', input, idempotencyKey: `${MARK}-key-return` } });
  await refused({ body: { type: 'indiscreet', input: { text: 1, how: `${MARK}-choice` } } });
  await refused({ body: `${MARK}-no-object` });
  await refused({ body: { type: 'indiscreet', input, runAt: `${MARK}-time` } });
  await refused({ body: { jobs: `${MARK}-jobs` } }, '/jobs/batch');
  const headers = { 'idempotency-key': `${MARK}-header`, prefer: `${MARK}-preference`, 'x-other': `${MARK}-other` };
  expect((await clients.request('POST', '/jobs', { body: { type: 'indiscreet', input }, headers })).status).toBe(202);
  expect((await clients.request('GET', '/jobs/odd', { query: { wait: `${MARK}-wait` } })).status).toBe(400);
  const forged = await fetch(`${dev.ready.api}/jobs?${MARK}-query`, {
    method: 'POST',
    headers: { authorization: `Bearer ${MARK}-token` },
    body: `${MARK}-unsigned`,
  });
  expect(forged.status).toBe(403);
  problems.push(await forged.text());

  for (const id of ids) {
    const job = await clients.waitFor(id);
    expect([id, ['completed', 'failed'].includes(job.status)]).toEqual([id, true]);
    foundSecrets.push(...[(await clients.readItem(id))?.['token']].filter((token) => typeof token === 'string'));
    if (isCredentials(job.result)) foundSecrets.push(job.result.secretAccessKey, job.result.sessionToken);
  }
  await vi.waitFor(async () => expect((await clients.receiveDeadLetters()).length).toBeGreaterThan(0), 30_000);
});

afterAll(async () => {
  clients?.close();
  dev?.child.kill('SIGTERM');
  await dev?.exited;
  await expectAllGone(dev?.pids ?? [], 5_000);
  killAll();
  receiver.close();
  rmSync(data, { recursive: true, force: true });
});

describe('the logs of a whole run', () => {
  /** What `--json` prints, and the same lines as people see them. */
  const readLogs = (): string => {
    const toText = createTextFormat({ colors: false });
    const forPeople = dev.stderr.map((text) => toText({ source: 'any', text, level: 'info', at: 0 }) ?? '');
    return [...dev.stdout, ...dev.stderr, ...forPeople, readFileSync(join(data, 'env'), 'utf8')].join('\n');
  };

  it('hold no input, no result, no secret, no message of an error, no key and no header', () => {
    const found = readLogs()
      .split('\n')
      .filter((line) => line.includes(MARK));
    expect(found).toEqual([]);
  });

  it('hold no credentials of a function and no token of a run', () => {
    expect(foundSecrets.length).toBeGreaterThan(10);
    expect(foundSecrets.filter((secret) => secret.startsWith('local-'))).toHaveLength(2);
    const logs = readLogs();
    expect(foundSecrets.filter((secret) => logs.includes(secret))).toEqual([]);
  });

  it('are those of the functions: a line that a handler writes itself is in them, and the name of what it threw', () => {
    const logs = readLogs();
    expect(logs).toContain(OWN_LINE);
    expect(logs).toContain('RangeError');
  });
});

describe('the problems that the API answers', () => {
  it('quote no input and no key', () => {
    expect(problems.length).toBe(6);
    expect(problems.filter((problem) => problem.includes(MARK))).toEqual([]);
  });
});
