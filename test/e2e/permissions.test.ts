import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type RunningStack, startStack } from '../../lib/local/stack/index.ts';
import { describeCall, findRefused, findUnused, listAllowances, withoutAllowance } from './allowances.ts';
import { connectTo, type LocalClients } from './local-clients.ts';

const PROJECT = fileURLToPath(new URL('permissions-app', import.meta.url));

const data = mkdtempSync(join(tmpdir(), 'async-endpoints-permissions-'));
const receiver = createServer((request, response) => {
  request.resume().on('end', () => response.end());
});
const lines: string[] = [];
const failures: unknown[] = [];
/** A call was refused, so the scenarios were not waited for: that is the one thing to tell then. */
let isCutShort = false;
let stack: RunningStack;
let clients: LocalClients;

const submitted = async (type: string, input: unknown, status: string): Promise<void> => {
  const { id } = await clients.submit(type, input);
  expect(await clients.waitFor(id)).toMatchObject({ status });
};

/** What a deployment is for, and each a reason for some of its permissions. */
const SCENARIOS: Readonly<Record<string, () => Promise<void>>> = {
  'a job completes, and its message comes a second time': async () => {
    const { id } = await clients.submit('sleep', { seconds: 0 });
    expect(await clients.waitFor(id)).toMatchObject({ status: 'completed' });
    await clients.sendMessage(JSON.stringify({ v: 1, id }));
    await vi.waitFor(
      () => expect(lines.some((line) => /duplicate/i.test(line) && line.includes(id))).toBe(true),
      20_000,
    );
  },
  'a job fails, is tried again, and completes': () => submitted('sleep', { seconds: 0, failTimes: 1 }, 'completed'),
  'a job fails for good, and its copy goes to the dead-letter queue': () =>
    submitted('deliver-webhook', { url: 'https://elsewhere.test/', body: 1 }, 'failed'),
  'a webhook is signed with a secret': () => {
    const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`;
    return submitted('deliver-webhook', { url, body: 1, secretName: 'partner' }, 'completed');
  },
  'a job is put into the table': async () => {
    await clients.putRaw('raw', 'sleep', '{"seconds":0}');
    expect(await clients.waitFor('raw')).toMatchObject({ status: 'completed' });
  },
  'a run has crashed for the last time, and the producer sends the copy': async () => {
    const startedAt = Date.now() - 60_000;
    const run = { status: 'running', attempt: 2, token: 'gone', solo: true, startedAt, leaseUntil: startedAt + 1_000 };
    await clients.putRaw('crashed', 'sleep', '{"seconds":0}', { ...run, crashes: 1 });
    const job = await clients.waitFor('crashed');
    expect([job.status, job.error?.message]).toEqual(['failed', expect.stringContaining('without a word')]);
  },
  'a message is poison': async () => {
    await clients.sendMessage('not json');
    await vi.waitFor(
      async () => expect((await clients.receiveDeadLetters()).map(({ Body }) => Body)).toContain('not json'),
      30_000,
    );
  },
  'another stack submits': () =>
    vi.waitFor(async () => expect((await clients.countByStatus())['completed']).toBeGreaterThanOrEqual(6), 30_000),
};

beforeAll(async () => {
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  writeFileSync(join(data, 'secrets.json'), '{"partner":"signs"}');
  // A missing permission would leave jobs waiting for as long as the scenarios have patience.
  let onRefusal: () => void = () => {};
  const refused = new Promise<void>((resolve) => {
    onRefusal = resolve;
  });
  stack = await startStack({
    project: PROJECT,
    port: 0,
    data,
    environment: process.env,
    onLine: (_source, text) => {
      lines.push(text);
      if (text.startsWith('Refused as on AWS')) onRefusal();
    },
    signal: new AbortController().signal,
  });
  clients = connectTo({ ready: true, ...stack.address });
  const running = Object.entries(SCENARIOS).map(async ([name, run]) => {
    try {
      await run();
    } catch (error) {
      failures.push(`${name}: ${inspect(error)}`);
    }
  });
  isCutShort = await Promise.race([Promise.all(running).then(() => false), refused.then(() => true)]);
});

afterAll(async () => {
  clients?.close();
  await stack?.stop({ graceMs: 1_000 });
  receiver.close();
  rmSync(data, { recursive: true, force: true });
});

describe('the permissions of the template', () => {
  it('are enough: nothing is refused that a function does, or a service in its name', () => {
    const refused = stack.access.records().filter(({ decision }) => decision.kind !== 'allowed');
    expect(refused.map(describeCall)).toEqual([]);
  });

  it('let every scenario come to its end', ({ skip }) => {
    skip(isCutShort, 'a call was refused');
    expect(failures).toEqual([]);
  });

  it('are no more than what is used, by function, action and resource', ({ skip }) => {
    skip(isCutShort, 'a call was refused');
    expect(findUnused(stack.access.plan, stack.access.records())).toEqual([]);
  });

  it('are each missed: without any one of them a call is refused that has just been made', ({ skip }) => {
    skip(isCutShort, 'a call was refused');
    const { plan, records } = stack.access;
    const allowances = listAllowances(plan);
    expect(allowances.length).toBeGreaterThan(40);
    for (const allowance of allowances) {
      const refused = findRefused(withoutAllowance(plan, allowance), records());
      expect(refused.length, `${allowance.arn}: ${allowance.action} on ${allowance.resource}`).toBeGreaterThan(0);
    }
  });

  it('fails on one that nobody uses, naming function, action and resource', () => {
    const { plan, records } = stack.access;
    const [session] = plan.sessions.filter(({ functionName }) => functionName.includes('Consumer'));
    const roleArn = session?.roleArn ?? '';
    const extra = {
      origin: 'planted',
      effect: 'Allow',
      actions: { kind: 'these', patterns: ['dynamodb:Scan'] },
      resources: { kind: 'these', patterns: ['arn:aws:dynamodb:us-east-1:000000000000:table/other'] },
      conditions: [],
    } as const;
    const identityPolicies = {
      ...plan.identityPolicies,
      [roleArn]: [...(plan.identityPolicies[roleArn] ?? []), extra],
    };
    expect(findUnused({ ...plan, identityPolicies }, records())).toContain(
      `${session?.functionName}: dynamodb:Scan on arn:aws:dynamodb:us-east-1:000000000000:table/other (planted)`,
    );
  });
});
