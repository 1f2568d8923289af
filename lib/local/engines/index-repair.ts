import type { BatchOperation, Database, StoredItem, StoredTable } from './dynalite.ts';
import type { ComputeIndexEntry } from './index-entries.ts';
import { entriesPrefix, itemsPrefix, listIndexes, rangeOf, type SecondaryIndex, TABLES_PREFIX } from './stored-keys.ts';

/** Operations written at once; a database of a million jobs must not become one batch in memory. */
const BATCH_SIZE = 1_000;

export interface RepairReport {
  readonly items: number;
  readonly entriesAdded: number;
  readonly entriesRemoved: number;
}

/**
 * Makes every index say what the items say. dynalite writes an item's index entry and then the item, so whoever ends
 * the process in between leaves an entry of an item that was never written, and none where the item still is. The item
 * is what callers were answered from, so it is right and the entry is wrong.
 *
 * Nobody else may write meanwhile.
 */
export async function repairIndexes(database: Database, computeEntry: ComputeIndexEntry): Promise<RepairReport> {
  const report = { items: 0, entriesAdded: 0, entriesRemoved: 0 };
  for (const table of await readTables(database)) {
    await activate(database, table);
    for (const index of listIndexes(table)) {
      const expected = await computeEntries(database, table, index, computeEntry);
      report.items = Math.max(report.items, expected.items);
      const operations: BatchOperation[] = [];
      for await (const [key, value] of database.iterator(rangeOf(entriesPrefix(table, index)))) {
        if (expected.entries.get(key) === JSON.stringify(value)) {
          expected.entries.delete(key);
        } else {
          report.entriesRemoved += 1;
          operations.push({ type: 'del', key });
        }
      }
      for (const [key, value] of expected.entries) {
        report.entriesAdded += 1;
        operations.push({ type: 'put', key, value: JSON.parse(value) });
      }
      await writeInBatches(database, operations);
    }
  }
  return report;
}

async function readTables(database: Database): Promise<readonly StoredTable[]> {
  const tables: StoredTable[] = [];
  for await (const [, table] of database.iterator(rangeOf(TABLES_PREFIX))) {
    tables.push(table as StoredTable);
  }
  return tables;
}

/** Keys of all entries that the items ask for, with the entry as JSON text: compared, and most often thrown away. */
async function computeEntries(
  database: Database,
  table: StoredTable,
  index: SecondaryIndex,
  computeEntry: ComputeIndexEntry,
): Promise<{ items: number; entries: Map<string, string> }> {
  const entries = new Map<string, string>();
  let items = 0;
  for await (const [, item] of database.iterator(rangeOf(itemsPrefix(table)))) {
    items += 1;
    const entry = computeEntry(table, index, item as StoredItem);
    if (entry !== undefined) {
      entries.set(entry.key, JSON.stringify(entry.value));
    }
  }
  return { items, entries };
}

/** A table is written as `CREATING` and a moment later as `ACTIVE`; an end in between would leave it unusable for good. */
async function activate(database: Database, table: StoredTable): Promise<void> {
  if (table.TableStatus !== 'CREATING') {
    return;
  }
  const value = {
    ...table,
    TableStatus: 'ACTIVE',
    ...(table.GlobalSecondaryIndexes && {
      GlobalSecondaryIndexes: table.GlobalSecondaryIndexes.map((index) => ({ ...index, IndexStatus: 'ACTIVE' })),
    }),
  };
  await database.batch([{ type: 'put', key: TABLES_PREFIX + table.TableName, value }]);
}

async function writeInBatches(database: Database, operations: readonly BatchOperation[]): Promise<void> {
  for (let from = 0; from < operations.length; from += BATCH_SIZE) {
    await database.batch(operations.slice(from, from + BATCH_SIZE));
  }
}
