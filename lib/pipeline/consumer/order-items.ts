import type { Stored } from '../../core/index.ts';
import type { ConsumerPorts } from './ports.ts';
import type { Item } from './start.ts';

/** Handed back this often, a job may be one that must run alone and never gets its turn after the others. (Or it only came too early.) */
const BACK_BEFORE_FIRST = 2;

/**
 * Who starts when: suspects that were handed back twice go first, alone; of the others, those that were handed back most often.
 * Whether a job is suspect is in the table only, so those few are read; if they cannot be, they wait for their turn as usual.
 */
export async function orderItems(
  ports: ConsumerPorts,
  items: readonly Item[],
): Promise<{ readonly first: readonly Item[]; readonly others: readonly Item[] }> {
  const suspects = await findSuspects(
    ports,
    items.filter((item) => backOf(item) >= BACK_BEFORE_FIRST).map(({ message }) => message.id),
  );
  const isFirst = ({ message }: Item): boolean => suspects.has(message.id);
  return {
    first: items.filter(isFirst),
    others: items.filter((item) => !isFirst(item)).sort((left, right) => backOf(right) - backOf(left)),
  };
}

async function findSuspects({ store, logger }: ConsumerPorts, ids: readonly string[]): Promise<ReadonlySet<string>> {
  if (ids.length === 0) {
    return new Set();
  }
  let stored: readonly Stored[] = [];
  try {
    stored = await store.read(ids);
  } catch (error) {
    logger.warn('Jobs that were handed back could not be read; they wait for their turn', { error });
  }
  return new Set(stored.flatMap((entry) => (entry.kind === 'job' && entry.job.suspect === true ? [entry.job.id] : [])));
}

function backOf({ message }: Item): number {
  return message.back ?? 0;
}
