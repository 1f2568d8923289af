import { chunksOf } from '../../../lib/core/index.ts';
import { createMemoryJobStore } from '../../../lib/memory/index.ts';
import { createInstallation, defaultsOf, type Installation } from '../installation/installation.ts';
import type { FuzzOptions } from '../settings.ts';
import { createItems, type Item, NAMED_ITEMS } from './hostile-items.ts';
import { type Fate, judgeItem } from './judge-items.ts';
import { readItems } from './read-items.ts';

/** How many items met each fate. */
export type Fates = Readonly<Partial<Record<Fate, number>>>;

/** Items in one table at a time: enough to share pages and batches. */
const ITEMS_IN_A_TABLE = 500;

const MINUTE_MS = 60_000;
/** Longer than an unknown type is waited for, and than any item here is put off for but those that never end. */
const TURNS = 30;
const TURN_MS = 10 * MINUTE_MS;

/**
 * Puts random items into live lanes, and lets producer and consumer run until nothing more happens.
 *
 * @throws LostItemError for an item that is neither run nor failed with the reason; whatever the producer throws
 */
export async function fuzzRawPuts({ seed, cases }: FuzzOptions): Promise<Fates> {
  const fates: Partial<Record<Fate, number>> = {};
  const items = [...NAMED_ITEMS, ...createItems(seed, cases)].slice(0, Math.max(cases, NAMED_ITEMS.length));
  for (const chunk of chunksOf(items, ITEMS_IN_A_TABLE)) {
    for (const fate of await runInMemory(chunk)) {
      fates[fate] = (fates[fate] ?? 0) + 1;
    }
  }
  return fates;
}

async function runInMemory(items: readonly Item[]): Promise<readonly Fate[]> {
  const store = createMemoryJobStore({ defaultsOf });
  const installation = createInstallation(store);
  for (const record of await readItems(items)) {
    store.putRaw(record);
  }
  const before = store.listRaw();
  await runToRest(installation);
  return before.map((record) => {
    const id = String(record['id']);
    return judgeItem({ id, before: record, after: store.getRaw(id) }, installation);
  });
}

/** Hours of ticks and batches, the last of them at the end. */
export async function runToRest({ tick, drain, clock }: Installation): Promise<void> {
  for (let turn = 0; ; turn += 1) {
    await tick();
    await drain();
    if (turn === TURNS) {
      return;
    }
    clock.time += TURN_MS;
  }
}
