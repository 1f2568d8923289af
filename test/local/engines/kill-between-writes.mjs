/**
 * Loaded ahead of the DynamoDB engine: kills its process after the index entry of a marked item is written and before
 * the item itself is.
 */
import { createRequire } from 'node:module';

const resolveFrom = createRequire(import.meta.url);
const database = resolveFrom('dynalite/db/index.js');
let updateIndexes = database.updateIndexes;

// The engine puts its own function here later, and dynalite calls whatever stands here.
Object.defineProperty(database, 'updateIndexes', {
  set: (replacement) => {
    updateIndexes = replacement;
  },
  get: () => (store, table, existingItem, item, callback) => {
    updateIndexes(store, table, existingItem, item, (error) => {
      if (item?.doomed !== undefined || existingItem?.doomed !== undefined) {
        process.kill(process.pid, 'SIGKILL');
      } else {
        callback(error);
      }
    });
  },
});
