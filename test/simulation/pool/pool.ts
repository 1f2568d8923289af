import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { buildSync } from 'esbuild';
import type { Given, Outcome, Reply, Task, TaskName } from './tasks.ts';

interface Order {
  readonly task: Task;
  readonly done: (outcome: unknown) => void;
  readonly failed: (error: unknown) => void;
}

/** Worker threads that run courses: each does one task at a time, tasks wait in order. */
export class Pool {
  private readonly waiting: Order[] = [];
  private readonly idle: Worker[] = [];
  private readonly workers: readonly Worker[];
  private readonly orders = new Map<Worker, Order>();

  constructor(size: number) {
    const script = bundleWorker();
    this.workers = Array.from({ length: size }, () => this.hire(script));
    this.idle.push(...this.workers);
  }

  /** @throws whatever the task throws: an error of the simulation itself */
  async run<Name extends TaskName>(name: Name, given: Given<Name>): Promise<Outcome<Name>> {
    return await new Promise<Outcome<Name>>((resolve, reject) => {
      this.waiting.push({
        task: { name, given },
        done: (outcome) => resolve(outcome as Outcome<Name>),
        failed: reject,
      });
      this.next();
    });
  }

  /** Ends all workers; what they were at is never answered. */
  async close(): Promise<void> {
    await Promise.all(this.workers.map((worker) => worker.terminate()));
  }

  private hire(script: string): Worker {
    const worker = new Worker(script, { eval: true, execArgv: [] });
    worker.on('message', (reply: Reply) => {
      const order = this.orders.get(worker);
      this.orders.delete(worker);
      this.idle.push(worker);
      this.next();
      if (reply.kind === 'done') {
        order?.done(reply.outcome);
      } else {
        order?.failed(reply.error);
      }
    });
    worker.on('error', (error) => this.orders.get(worker)?.failed(error));
    return worker;
  }

  private next(): void {
    const order = this.waiting[0];
    const worker = order === undefined ? undefined : this.idle.pop();
    if (order !== undefined && worker !== undefined) {
      this.waiting.shift();
      this.orders.set(worker, order);
      worker.postMessage(order.task);
    }
  }
}

/**
 * All that a worker runs as one script. The loaders of tests and of TypeScript dress up each function, which costs as much as the
 * course itself; in the script nothing is dressed up, and nothing is loaded twice.
 */
function bundleWorker(): string {
  const { outputFiles } = buildSync({
    entryPoints: [fileURLToPath(new URL('./worker.ts', import.meta.url))],
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    packages: 'external',
    write: false,
  });
  const [script] = outputFiles;
  if (script === undefined) {
    throw new Error('The worker of the simulation came out of the bundler empty. Expected one file.');
  }
  return script.text;
}
