import type { BatchOperation, CreateKey, DatabaseModule, StoredItem, StoredTable } from './dynalite.ts';
import { entriesPrefix, listIndexes, type SecondaryIndex } from './stored-keys.ts';

export interface IndexEntry {
  /** With its prefix: the key in the database. */
  readonly key: string;
  readonly value: StoredItem;
}

/** The entry that an item has in an index, or undefined if the item lacks one of the index's keys. */
export type ComputeIndexEntry = (
  table: StoredTable,
  secondaryIndex: SecondaryIndex,
  item: StoredItem,
) => IndexEntry | undefined;

/**
 * Makes dynalite keep one index entry per item. It ends the key of an entry with 24 bits of a hash of the item's own
 * key, so of two items with the same index keys one may overwrite the other's entry: once in 17 million pairs, which
 * ten thousand jobs put at one moment reach. A job without an entry is never found again. We append the item's whole
 * key, and write the old and the new entry of an item in one batch.
 *
 * dynalite's actions call these functions through the module's exports, so replacing them there is enough.
 */
export function keepOneEntryPerItem(database: DatabaseModule): ComputeIndexEntry {
  const createShortKey = database.createIndexKey;
  const createIndexKey: CreateKey = (item, table, keySchema) =>
    `${createShortKey(item, table, keySchema)}/${database.createKey(item, table)}`;

  const computeIndexEntry: ComputeIndexEntry = (table, secondaryIndex, item) => {
    const { index } = secondaryIndex;
    const [put] = database.getIndexActions([index], null, item, table).puts;
    return (
      put && {
        key: entriesPrefix(table, secondaryIndex) + createIndexKey(item, table, index.KeySchema),
        value: put.item,
      }
    );
  };

  database.createIndexKey = createIndexKey;
  database.updateIndexes = (store, table, existingItem, item, callback) => {
    const operations = listIndexes(table).flatMap((index): readonly BatchOperation[] => {
      const before = existingItem ? computeIndexEntry(table, index, existingItem) : undefined;
      const after = item ? computeIndexEntry(table, index, item) : undefined;
      return [
        ...(before && before.key !== after?.key ? [{ type: 'del', key: before.key } as const] : []),
        ...(after ? [{ type: 'put', key: after.key, value: after.value } as const] : []),
      ];
    });
    if (operations.length === 0) {
      callback();
    } else {
      store.db.batch(operations).then(() => callback(), callback);
    }
  };
  return computeIndexEntry;
}
