import type { KeyRange, StoredIndex, StoredTable } from './dynalite.ts';

/** Where dynalite keeps things: one key space, in which a prefix tells tables, items and index entries apart. */

export interface SecondaryIndex {
  readonly kind: 'local' | 'global';
  readonly index: StoredIndex;
}

export const TABLES_PREFIX = 'table~';

export const itemsPrefix = (table: StoredTable): string => `item-${table.TableName}~`;

export const entriesPrefix = (table: StoredTable, { kind, index }: SecondaryIndex): string =>
  `index-${kind}~${table.TableName}~${index.IndexName}~`;

/** Keys behind a prefix are ASCII, so the range ends before any other prefix begins. */
export const rangeOf = (prefix: string): KeyRange => ({ gte: prefix, lt: `${prefix}\u00ff` });

export const listIndexes = (table: StoredTable): readonly SecondaryIndex[] => [
  ...(table.LocalSecondaryIndexes ?? []).map((index): SecondaryIndex => ({ kind: 'local', index })),
  ...(table.GlobalSecondaryIndexes ?? []).map((index): SecondaryIndex => ({ kind: 'global', index })),
];
