import { Readable } from 'node:stream';
import type { Store } from './dynalite.ts';

/**
 * Closes what dynalite reads with. Its streams leave their iterator open when they are destroyed, as each query does when it has what it
 * wants: memory is kept for every one of them, and a producer looks once a second.
 */
export function closeIterators({ db }: Store): void {
  db.createValueStream = (range) => Readable.from(db.values(range));
}
