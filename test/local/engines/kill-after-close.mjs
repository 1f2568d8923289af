/** Loaded ahead of the DynamoDB engine: kills its process as soon as the database is closed, and another may open it. */
import { createRequire } from 'node:module';

const database = createRequire(import.meta.url)('dynalite/db/index.js');
const { create } = database;

database.create = (options) => {
  const store = create(options);
  // What really closes, behind the wait for operations that are under way.
  const close = store.db.close._original;
  store.db.close._original = async () => {
    await close();
    process.kill(process.pid, 'SIGKILL');
  };
  return store;
};
