import { describe, expect, it } from 'vitest';
import { chunksOf } from '../../../lib/core/index.ts';
import { createDynamoDocumentClient, createDynamoJobStore } from '../../../lib/dynamodb/index.ts';
import { decodeItem } from '../../../lib/dynamodb/item.ts';
import { readItems } from '../../../lib/dynamodb/read-jobs.ts';
import { createEngineClient } from '../../../lib/local/engines/engine-client.ts';
import { systemClock, systemRandom } from '../../../lib/pipeline/index.ts';
import { createLocalTable } from '../../dynamodb/local-table.ts';
import { createInstallation, defaultsOf } from '../installation/installation.ts';
import { FUZZ, TEST_SEED } from '../settings.ts';
import { runToRest } from './fuzz-raw-puts.ts';
import { createItems, type Item, NAMED_ITEMS } from './hostile-items.ts';
import { type Fate, judgeItem } from './judge-items.ts';

const CASES = 200;
const PUTS_AT_A_TIME = 20;

/** Puts items as a program without an SDK would; resolves with the ids of those that the engine took. */
async function putAll(endpoint: string, tableName: string, items: readonly Item[]): Promise<readonly string[]> {
  const send = createEngineClient({ endpoint, targetPrefix: 'DynamoDB_20120810' });
  const taken: string[] = [];
  for (const chunk of chunksOf(items, PUTS_AT_A_TIME)) {
    const puts = await Promise.allSettled(chunk.map((Item) => send('PutItem', { TableName: tableName, Item })));
    taken.push(...chunk.filter((_, index) => puts[index]?.status === 'fulfilled').map(({ id }) => String(id?.['S'])));
  }
  return taken;
}

describe('items that were put into a table by hand', () => {
  it('are run or failed with the reason, whatever they hold, and never stop the producer', FUZZ, async () => {
    const { config, tableName, close } = await createLocalTable();
    // A machine that is busy with other things may be slower than the product would wait.
    const client = createDynamoDocumentClient({ ...config, requestHandler: { requestTimeout: FUZZ.timeout } });
    try {
      console.info(`fuzz raw puts into the engine: ${CASES} items, seed ${TEST_SEED}`);
      const ids = await putAll(String(config.endpoint), tableName, [...NAMED_ITEMS, ...createItems(TEST_SEED, CASES)]);
      const table = { client, tableName, clock: systemClock, random: systemRandom };
      const before = await readItems(ids, table);
      const installation = createInstallation(createDynamoJobStore({ ...table, defaultsOf }));
      await runToRest(installation);
      const after = await readItems(ids, table);
      const fates: Partial<Record<Fate, number>> = {};
      for (const id of ids) {
        const [was, is] = [before, after].map((items) => decodeItem(items.get(id) ?? {}));
        const fate = judgeItem({ id, before: was ?? {}, after: is }, installation);
        fates[fate] = (fates[fate] ?? 0) + 1;
      }
      console.info(`fuzz raw puts into the engine: ${JSON.stringify(fates)}`);
      expect(ids.length).toBeGreaterThan(CASES / 2);
      expect(Math.min(fates.completed ?? 0, fates.failed ?? 0, fates.rejected ?? 0)).toBeGreaterThan(0);
    } finally {
      client.destroy();
      await close();
    }
  });
});
