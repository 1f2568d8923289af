import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { keepOutWebPages } from '../http/web-pages.ts';
import { Gate } from '../iam/index.ts';
import { closeIterators } from './closed-iterators.ts';
import { createDynalite, database, expressionParsers, type Store, validations } from './dynalite.ts';
import type { DynamoDbProcessOptions, SetAccess } from './engine-messages.ts';
import { closeServer, EngineStartError, listen, type RunningEngine, report, runEngine } from './engine-process.ts';
import { guardDynalite } from './guarded-dynalite.ts';
import { keepOneEntryPerItem } from './index-entries.ts';
import { repairIndexes } from './index-repair.ts';
import { rememberExpressions } from './parsed-expressions.ts';

/** Tables are usable as soon as they are created. */
const NO_DELAYS = { createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 };

/**
 * Exists while a database lies closed in which no write was left half done. Whoever opens the database removes it first, so
 * an end of any other kind is noticed by its absence. It is written and removed by whoever has the database open: after the
 * close it would speak of a database that the next process may be writing to by then.
 */
const cleanMarkerOf = (directory: string): string => `${directory}.clean`;

async function startDynamoDb({ port, directory, access }: DynamoDbProcessOptions): Promise<RunningEngine> {
  const computeIndexEntry = keepOneEntryPerItem(database);
  const options = directory === undefined ? NO_DELAYS : { ...NO_DELAYS, path: directory };
  if (directory !== undefined) {
    mkdirSync(dirname(directory), { recursive: true });
  }
  const store = database.create(options);
  await open(store, directory);
  let notice: string | undefined;
  if (directory !== undefined) {
    const marker = cleanMarkerOf(directory);
    const closedCleanly = existsSync(marker);
    rmSync(marker, { force: true });
    if (!closedCleanly) {
      const { items, entriesAdded, entriesRemoved } = await repairIndexes(store.db, computeIndexEntry);
      if (items > 0) {
        notice = `not stopped cleanly last time: checked the index of ${items} items, added ${entriesAdded} entries, removed ${entriesRemoved}`;
      }
    }
  }
  closeIterators(store);
  expressionParsers.forEach(rememberExpressions);
  // dynalite opens the store itself; it gets the one that is open, so that nobody can come in between.
  database.create = () => store;
  const server = createDynalite(options);
  const gate = new Gate((record) => report({ kind: 'access', record }), access);
  guardDynalite(server, validations, gate);
  keepOutWebPages(server);
  const ports = [await listen(server, port)];
  return {
    ports,
    ...(notice === undefined ? {} : { notice }),
    close: async () => {
      const allRequestsEnded = await closeServer(server);
      if (directory !== undefined && allRequestsEnded) {
        writeFileSync(cleanMarkerOf(directory), '');
      }
      await store.db.close();
    },
    onRequest: async (request) => gate.use((request as SetAccess).access),
  };
}

async function open(store: Store, directory: string | undefined): Promise<void> {
  try {
    await store.db.open();
  } catch (error) {
    const cause = error instanceof Error ? error.cause : undefined;
    if (cause instanceof Error && 'code' in cause && cause.code === 'LEVEL_LOCKED') {
      throw new EngineStartError('data-in-use', `${directory} is in use by another process`, { cause: error });
    }
    const reason = cause instanceof Error ? cause.message : String(error);
    throw new EngineStartError('failed', `${directory} cannot be opened: ${reason}`, { cause: error });
  }
}

await runEngine(startDynamoDb);
