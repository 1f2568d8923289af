import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { database } from '../../../lib/local/engines/dynalite.ts';
import { createEngineClient } from '../../../lib/local/engines/engine-client.ts';
import type { EngineReady } from '../../../lib/local/engines/engine-messages.ts';
import { type DynamoDbEngine, type EngineClient, startDynamoDbEngine } from '../../../lib/local/engines/index.ts';
import { rangeOf } from '../../../lib/local/engines/stored-keys.ts';
import { ChildSpawner, resolveOwnEntry } from '../../../lib/local/processes/index.ts';
import { BY_LANE, createJobsTable, JOBS, putJob, queryLane } from './jobs-table.ts';

const PRELOAD = ['--import', new URL('./kill-between-writes.mjs', import.meta.url).href];
const ENTRY = new URL('../../../lib/local/engines/dynamodb-process', import.meta.url);
const DOOMED = { doomed: { BOOL: true } };

let data: string;
let directory: string;
let spawner: ChildSpawner;
let repaired: DynamoDbEngine | undefined;
let notices: string[];

beforeEach(async () => {
  data = await mkdtemp(join(tmpdir(), 'index-repair-'));
  directory = join(data, 'dynamodb');
  spawner = new ChildSpawner();
  notices = [];
  repaired = undefined;
});

afterEach(async () => {
  // Before its spawner: an engine that is only killed starts again, and writes where nothing is to be left.
  await repaired?.stop({ graceMs: 5_000 });
  await spawner.close();
  await rm(data, { recursive: true, force: true });
});

/** An engine that nobody starts again; a doomed write ends it after the entry and before the item. */
async function endInTheMiddleOf(write: (client: EngineClient) => Promise<unknown>): Promise<void> {
  let onReady: (ready: EngineReady) => void = () => {};
  const ready = new Promise<EngineReady>((resolve) => {
    onReady = resolve;
  });
  const child = spawner.spawn({
    name: 'doomed engine',
    args: [...PRELOAD, ...resolveOwnEntry(ENTRY), JSON.stringify({ port: 0, directory })],
    env: {},
    onMessage: (message) => onReady(message as EngineReady),
  });
  const { ports } = await ready;
  const client = createEngineClient({ endpoint: `http://127.0.0.1:${ports[0]}`, targetPrefix: 'DynamoDB_20120810' });
  await createJobsTable(client);
  await putJob(client, { id: 'bystander', nextAt: 5 });
  await putJob(client, { id: 'job', nextAt: 10 });
  await expect(write(client)).rejects.toThrow();
  expect(await child.exited).toEqual({ code: null, signal: 'SIGKILL' });
}

/** What the index holds on disk: `id@nextAt` of every entry. */
async function readEntries(): Promise<readonly string[]> {
  const store = database.create({ path: directory });
  const entries: string[] = [];
  try {
    await store.db.open();
    for await (const [, value] of store.db.iterator(rangeOf(`index-global~${JOBS}~${BY_LANE}~`))) {
      const { id, nextAt } = value as { readonly id: { readonly S: string }; readonly nextAt: { readonly N: string } };
      entries.push(`${id.S}@${nextAt.N}`);
    }
  } finally {
    await store.db.close();
  }
  return entries.sort();
}

async function startAgain(): Promise<DynamoDbEngine> {
  repaired = await startDynamoDbEngine({ spawner, port: 0, directory, onNotice: (text) => notices.push(text) });
  return repaired;
}

const INTACT = [
  { id: 'bystander', nextAt: 5 },
  { id: 'job', nextAt: 10 },
];

describe('the index after an end between an entry and its item', () => {
  it('loses the entry of an item that was never written', async () => {
    await endInTheMiddleOf((client) => putJob(client, { id: 'never', nextAt: 1 }, DOOMED));
    expect(await readEntries()).toEqual(['bystander@5', 'job@10', 'never@1']);

    const { client } = await startAgain();

    expect(await queryLane(client)).toEqual(INTACT);
    expect(notices.at(-1)).toContain('added 0 entries, removed 1');
  });

  it('has the entry of an item that was to move where the item still is', async () => {
    await endInTheMiddleOf((client) => putJob(client, { id: 'job', nextAt: 1 }, DOOMED));
    expect(await readEntries()).toEqual(['bystander@5', 'job@1']);

    const { client } = await startAgain();

    expect(await queryLane(client)).toEqual(INTACT);
    expect(notices.at(-1)).toContain('added 1 entries, removed 1');
  });

  it('has the entry of an item that was to leave the index', async () => {
    await endInTheMiddleOf((client) =>
      client('UpdateItem', {
        TableName: JOBS,
        Key: { id: { S: 'job' } },
        UpdateExpression: 'SET doomed = :yes REMOVE nextAt',
        ExpressionAttributeValues: { ':yes': { BOOL: true } },
      }),
    );
    expect(await readEntries()).toEqual(['bystander@5']);

    const { client } = await startAgain();

    expect(await queryLane(client)).toEqual(INTACT);
    expect(notices.at(-1)).toContain('added 1 entries, removed 0');
  });

  it('works on as if nothing had happened', async () => {
    await endInTheMiddleOf((client) => putJob(client, { id: 'job', nextAt: 1 }, DOOMED));
    const { client, stop } = await startAgain();
    await putJob(client, { id: 'job', nextAt: 2 });
    await client('DeleteItem', { TableName: JOBS, Key: { id: { S: 'bystander' } } });
    await stop({ graceMs: 5_000 });

    expect(await readEntries()).toEqual(['job@2']);
  });
});
