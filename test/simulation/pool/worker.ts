import { parentPort } from 'node:worker_threads';
import { type Reply, TASKS, type Task } from './tasks.ts';

const say = (reply: Reply): void => parentPort?.postMessage(reply);

parentPort?.on('message', ({ name, given }: Task) => {
  // Name and argument come from one call of the pool, which has checked that they belong together.
  const perform = TASKS[name] as (argument: Task['given']) => Promise<unknown>;
  perform(given).then(
    (outcome) => say({ kind: 'done', outcome }),
    (error: unknown) => say({ kind: 'failed', error }),
  );
});
