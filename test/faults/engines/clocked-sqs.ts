import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

/** An SQS engine with a clock that is moved from here. */
export interface ClockedSqs {
  readonly endpoint: string;
  /** Epoch milliseconds. */
  readonly setTime: (now: number) => void;
  readonly close: () => Promise<void>;
}

export async function startClockedSqs(): Promise<ClockedSqs> {
  const shared = new SharedArrayBuffer(Float64Array.BYTES_PER_ELEMENT);
  const now = new Float64Array(shared);
  // No TypeScript: threads of Node 20 have no loader for it.
  const thread = new Worker(new URL('./clocked-sqs-thread.mjs', import.meta.url), { workerData: { now: shared } });
  const [port] = (await once(thread, 'message')) as [number];
  return {
    endpoint: `http://127.0.0.1:${port}`,
    setTime: (time) => {
      now[0] = time;
    },
    close: async () => {
      await thread.terminate();
    },
  };
}
