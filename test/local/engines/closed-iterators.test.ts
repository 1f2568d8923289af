import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { closeIterators } from '../../../lib/local/engines/closed-iterators.ts';
import { createDynalite, database } from '../../../lib/local/engines/dynalite.ts';
import { createEngineClient } from '../../../lib/local/engines/engine-client.ts';
import { createJobsTable, JOBS, putJob, queryLane } from './jobs-table.ts';

interface Iterator {
  next(): Promise<unknown>;
}

const { create } = database;

/** The engine in this process, and every iterator that its database gave out since it was filled. */
async function setup() {
  const store = create({ createTableMs: 0 });
  const opened: Iterator[] = [];
  const read = { entries: 0 };
  const values = store.db.values.bind(store.db);
  store.db.values = (range) => {
    const iterator = values(range) as unknown as Iterator & AsyncIterable<unknown>;
    const next = iterator.next.bind(iterator);
    iterator.next = () => {
      read.entries += 1;
      return next();
    };
    opened.push(iterator);
    return iterator;
  };
  closeIterators(store);
  database.create = () => store;
  const server = createDynalite({});
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const client = createEngineClient({
    endpoint: `http://127.0.0.1:${port}`,
    targetPrefix: 'DynamoDB_20120810',
  });
  await createJobsTable(client);
  // More than a stream reads ahead.
  await Promise.all(Array.from({ length: 100 }, (_, index) => putJob(client, { id: `job-${index}`, nextAt: 1 })));
  opened.length = 0;
  read.entries = 0;
  const close = async (): Promise<void> => {
    database.create = create;
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return { client, opened, read, close };
}

describe('an iterator of the database', () => {
  let engine: Awaited<ReturnType<typeof setup>>;

  beforeEach(async () => {
    engine = await setup();
  });

  afterEach(() => engine.close());

  it.each([
    ['a query that ends at its limit', { Limit: 2 }, 2],
    ['a query that finds all there is', {}, 100],
    ['a query that finds nothing', { ExpressionAttributeValues: { ':lane': { S: 'failed' } } }, 0],
  ])('is closed after %s', async (_, page, found) => {
    expect(await queryLane(engine.client, page)).toHaveLength(found);
    await expectAllClosed(engine.opened);
  });

  it('is not read to its end for a query that ends at its limit', async () => {
    await queryLane(engine.client, { Limit: 2 });
    expect(engine.read.entries).toBeLessThan(50);
  });

  it('is closed after a scan', async () => {
    expect(await engine.client('Scan', { TableName: JOBS, Limit: 1 })).toMatchObject({ Count: 1 });
    await expectAllClosed(engine.opened);
  });
});

async function expectAllClosed(opened: readonly Iterator[]): Promise<void> {
  expect(opened.length).toBeGreaterThan(0);
  for (const iterator of opened) {
    await expect(iterator.next()).rejects.toMatchObject({ code: 'LEVEL_ITERATOR_NOT_OPEN' });
  }
}
