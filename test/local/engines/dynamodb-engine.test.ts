import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type DynamoDbEngine, startDynamoDbEngine } from '../../../lib/local/engines/index.ts';
import { ChildSpawner } from '../../../lib/local/processes/index.ts';
import { createJobsTable, JOBS, putJob, queryLane } from './jobs-table.ts';

let data: string;
let directory: string;
let spawner: ChildSpawner;
let notices: string[];
let started: DynamoDbEngine[];

beforeEach(async () => {
  data = await mkdtemp(join(tmpdir(), 'dynamodb-engine-'));
  directory = join(data, 'dynamodb');
  spawner = new ChildSpawner();
  notices = [];
  started = [];
});

afterEach(async () => {
  // Asked to, or it would be started again.
  await Promise.all(started.map((engine) => engine.stop({ graceMs: 0 })));
  await spawner.close();
  await rm(data, { recursive: true, force: true });
});

const start = async (
  options: { readonly nodeArguments?: readonly string[]; readonly port?: number } = {},
): Promise<DynamoDbEngine> => {
  const engine = await startDynamoDbEngine({
    spawner,
    port: 0,
    directory,
    handoverMs: 0,
    onNotice: (text) => notices.push(text),
    ...options,
  });
  started.push(engine);
  return engine;
};

/** Ends the process as a crash would, and waits until its successor answers. */
async function crash(engine: DynamoDbEngine): Promise<void> {
  const { pid } = engine;
  const killed = pid();
  process.kill(killed, 'SIGKILL');
  await vi.waitFor(() => expect(pid()).not.toBe(killed), { timeout: 10_000 });
  await vi.waitFor(() => engine.client('ListTables', {}), { timeout: 10_000 });
}

describe('the DynamoDB engine', () => {
  it('keeps its data over a restart, and finds nothing to repair', async () => {
    const first = await start();
    await createJobsTable(first.client);
    await putJob(first.client, { id: 'a', nextAt: 1 });
    await first.stop({ graceMs: 5_000 });

    const second = await start();

    expect(await queryLane(second.client)).toEqual([{ id: 'a', nextAt: 1 }]);
    expect(notices).toEqual([]);
  });

  it('says that it has stopped cleanly while nobody else can have opened the database', async () => {
    const preload = new URL('./kill-after-close.mjs', import.meta.url).href;
    const first = await start({ nodeArguments: ['--import', preload] });
    await createJobsTable(first.client);
    await putJob(first.client, { id: 'a', nextAt: 1 });
    await first.stop({ graceMs: 5_000 });

    await start();

    expect(notices).toEqual([]);
  });

  it('does not say so when it had to cut a request off', async () => {
    const first = await start();
    await createJobsTable(first.client);
    await putJob(first.client, { id: 'a', nextAt: 1 });
    const socket = connect(Number(new URL(first.endpoint).port), '127.0.0.1');
    const cutOff = new Promise((resolve) => socket.once('close', resolve).once('error', () => {}));
    socket.write('POST / HTTP/1.1\r\nhost: localhost\r\ncontent-length: 2\r\nexpect: 100-continue\r\n\r\n');
    // The server has the request: it asks for the body, which never comes.
    await new Promise((resolve) => socket.once('data', resolve));
    await first.stop({ graceMs: 5_000 });
    await cutOff;

    await start();

    expect(notices.join('\n')).toContain('not stopped cleanly last time: checked the index of 1 items');
  });

  it('is given up when it ends again and again soon after its start', async () => {
    const engine = await start();
    for (let ends = 0; ends < 5; ends += 1) {
      const pid = engine.pid();
      process.kill(pid, 'SIGKILL');
      if (ends < 4) await vi.waitFor(() => expect(engine.pid()).not.toBe(pid), { timeout: 10_000 });
    }

    await expect(engine.givenUp).resolves.toMatchObject({
      code: 'crash-loop',
      message: expect.stringMatching(
        /^DynamoDB engine: it ended 5 times in a row within 5 s of its start.*SIGKILL.*--data DIR/s,
      ),
    });
  });

  it('keeps nothing without a directory', async () => {
    const engine = await startDynamoDbEngine({ spawner, port: 0, onNotice: (text) => notices.push(text) });

    await createJobsTable(engine.client);

    expect(await engine.client('ListTables', {})).toEqual({ TableNames: [JOBS] });
    expect(await engine.client('DescribeTable', { TableName: JOBS })).toMatchObject({
      Table: { TableStatus: 'ACTIVE', TableArn: `arn:aws:dynamodb:us-east-1:000000000000:table/${JOBS}` },
    });
  });

  it('comes back after a kill, at the same port, with every item that it acknowledged', async () => {
    const engine = await start();
    await createJobsTable(engine.client);
    const acknowledged: string[] = [];
    const writers = Array.from({ length: 8 }, async (_, writer) => {
      for (let n = 0; ; n += 1) {
        const id = `${writer}-${n}`;
        await putJob(engine.client, { id, nextAt: n });
        acknowledged.push(id);
      }
    });
    const ended = Promise.allSettled(writers);
    await vi.waitFor(() => expect(acknowledged.length).toBeGreaterThan(200), { timeout: 10_000 });

    await crash(engine);
    await ended;

    const found = new Set((await queryLane(engine.client)).map(({ id }) => id));
    expect(acknowledged.filter((id) => !found.has(id))).toEqual([]);
    expect(notices.join('\n')).toContain('starting it again');
  });

  it('keeps an entry for each of two items whose keys its own hash cannot tell apart', async () => {
    const engine = await start();
    await createJobsTable(engine.client);
    const [one, other] = findIdsWithEqualHash();

    await putJob(engine.client, { id: one, nextAt: 1 });
    await putJob(engine.client, { id: other, nextAt: 1 });

    const first = await queryLane(engine.client, { Limit: 1 });
    const second = await queryLane(engine.client, {
      ExclusiveStartKey: { id: { S: first[0]?.id }, lane: { S: 'live' }, nextAt: { N: '1' } },
    });
    expect([...first, ...second].map(({ id }) => id).sort()).toEqual([one, other].sort());
    await engine.client('DeleteItem', { TableName: JOBS, Key: { id: { S: one } } });
    expect(await queryLane(engine.client)).toEqual([{ id: other, nextAt: 1 }]);
  });

  it('answers on the loopback address only', async () => {
    const { endpoint } = await start();

    // Every address in 127/8 reaches a server that listens everywhere.
    await expect(connects('127.0.0.2', Number(new URL(endpoint).port))).resolves.toBe(false);
    await expect(connects('127.0.0.1', Number(new URL(endpoint).port))).resolves.toBe(true);
  });

  it('fails on a directory that another process uses', async () => {
    await start();

    await expect(start()).rejects.toMatchObject({ name: 'EngineError', code: 'data-in-use' });
  });

  it('fails on a port in use, and names it', async () => {
    const { endpoint } = await start();
    const port = Number(new URL(endpoint).port);

    await expect(startDynamoDbEngine({ spawner, port, handoverMs: 0, onNotice: () => {} })).rejects.toMatchObject({
      name: 'EngineError',
      code: 'port-in-use',
      port,
    });
  });
});

function findIdsWithEqualHash(): readonly [string, string] {
  const seen = new Map<string, string>();
  for (let n = 0; ; n += 1) {
    const id = `job-${n}`;
    const hash = createHash('md5').update(`Outliers${id}`).digest('hex').slice(0, 6);
    const other = seen.get(hash);
    if (other !== undefined) {
      return [other, id];
    }
    seen.set(hash, id);
  }
}

function connects(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: 1_000 });
    const end = (answer: boolean) => () => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', end(true)).once('error', end(false)).once('timeout', end(false));
  });
}
