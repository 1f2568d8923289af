import type { Server } from 'node:http';
import { createRequire } from 'node:module';
import type { Readable } from 'node:stream';

/** The parts of dynalite 4 that we use. It is CommonJS and ships no types, so they are written down here. */

export interface StoreOptions {
  /** Directory of the LevelDB database; absent keeps everything in memory. */
  readonly path?: string;
  readonly createTableMs?: number;
  readonly deleteTableMs?: number;
  readonly updateTableMs?: number;
}

/** An item or an index entry in DynamoDB's JSON: `{ id: { S: '…' } }`. */
export type StoredItem = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

export interface KeyElement {
  readonly AttributeName: string;
}

export interface StoredIndex {
  readonly IndexName: string;
  readonly IndexStatus?: string;
  readonly KeySchema: readonly KeyElement[];
}

export interface StoredTable {
  readonly TableName: string;
  readonly TableStatus: string;
  readonly KeySchema: readonly KeyElement[];
  readonly GlobalSecondaryIndexes?: readonly StoredIndex[];
  readonly LocalSecondaryIndexes?: readonly StoredIndex[];
}

export type Callback = (error?: Error | null) => void;

export type BatchOperation =
  | { readonly type: 'put'; readonly key: string; readonly value: object }
  | { readonly type: 'del'; readonly key: string };

export interface KeyRange {
  readonly gte: string;
  readonly lt: string;
}

export interface Database {
  open(): Promise<void>;
  close(): Promise<void>;
  batch(operations: readonly BatchOperation[]): Promise<void>;
  iterator(range: KeyRange): AsyncIterable<[string, unknown]>;
  values(range: object): AsyncIterable<unknown>;
  /** dynalite's own addition, which its queries read by. */
  createValueStream: (range: object) => Readable;
}

export interface Store {
  readonly db: Database;
}

export type CreateKey = (item: StoredItem, table: StoredTable, keySchema?: readonly KeyElement[]) => string;

export interface IndexActions {
  readonly puts: readonly { readonly index: string; readonly key: string; readonly item: StoredItem }[];
}

/** The module's exports, which dynalite's own actions call through the same object. */
export interface DatabaseModule {
  create: (options: StoreOptions) => Store;
  createKey: CreateKey;
  createIndexKey: CreateKey;
  updateIndexes: (
    store: Store,
    table: StoredTable,
    existingItem: StoredItem | null | undefined,
    item: StoredItem | null | undefined,
    callback: Callback,
  ) => void;
  getIndexActions: (
    indexes: readonly StoredIndex[],
    existingItem: StoredItem | null | undefined,
    item: StoredItem | null | undefined,
    table: StoredTable,
  ) => IndexActions;
}

/** The module's exports, through which dynalite's request handler calls the first validation of every operation. */
export interface ValidationsModule {
  checkTypes: (data: unknown, types: unknown) => unknown;
}

export interface ExpressionContext {
  readonly attrNames?: Readonly<Record<string, string>> | null;
  readonly attrVals?: StoredItem | null;
  /** What no expression of the request has used; the parser deletes what it meets. */
  readonly unusedAttrNames?: Record<string, true>;
  readonly unusedAttrVals?: Record<string, true>;
}

/** The exports of the modules through which dynalite's validation parses every expression. */
export interface ExpressionParser {
  /** A text says what is wrong. */
  parse: (text: string, options: { readonly context: ExpressionContext }) => object | string;
}

const require = createRequire(import.meta.url);

export const createDynalite = require('dynalite') as (options: StoreOptions) => Server;

export const database = require('dynalite/db/index.js') as DatabaseModule;

export const validations = require('dynalite/validations/index.js') as ValidationsModule;

export const expressionParsers: readonly ExpressionParser[] = [
  require('dynalite/db/conditionParser.js'),
  require('dynalite/db/updateParser.js'),
  require('dynalite/db/projectionParser.js'),
];
