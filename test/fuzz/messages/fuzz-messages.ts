import { chunksOf, parseMessage } from '../../../lib/core/index.ts';
import { createMemoryJobStore } from '../../../lib/memory/index.ts';
import { messageOf, rawPut } from '../../pipeline/sample-jobs.ts';
import { START_AT } from '../installation/fuzz-clock.ts';
import { createInstallation, defaultsOf } from '../installation/installation.ts';
import type { FuzzOptions } from '../settings.ts';
import { createBodies } from './hostile-bodies.ts';

/** What became of the messages of a run. */
export interface MessageFates {
  /** In the dead-letter queue: unreadable, or about no job. */
  readonly dead: number;
  /** Readable and about a job, so done with. */
  readonly acknowledged: number;
  /** Jobs whose messages lay between the hostile ones. All of them were run. */
  readonly good: number;
}

/** Hostile bodies for each job in a queue; a batch of ten holds two good messages or so. */
const BODIES_PER_JOB = 4;
const JOBS_IN_A_TABLE = 50;

/**
 * Mixes random bodies with the messages of good jobs, and has the consumer work on batches until the queue is empty.
 *
 * @throws Error when an answer is malformed, a message is lost, or a good job suffers
 */
export async function fuzzMessages({ seed, cases }: FuzzOptions): Promise<MessageFates> {
  const bodies = createBodies(seed, cases);
  return await chunksOf(bodies, BODIES_PER_JOB * JOBS_IN_A_TABLE).reduce<Promise<MessageFates>>(
    async (before, chunk) => add(await before, await runQueue(chunk)),
    Promise.resolve({ dead: 0, acknowledged: 0, good: 0 }),
  );
}

async function runQueue(bodies: readonly string[]): Promise<MessageFates> {
  const store = createMemoryJobStore({ defaultsOf });
  const { tick, drain, queue, started } = createInstallation(store);
  const ids = chunksOf(bodies, BODIES_PER_JOB).map((_, index) => `good-${index}`);
  for (const id of ids) {
    store.putRaw(rawPut({ id, nextAt: START_AT }));
  }
  // So that the jobs are in order, and what is in the queue now is ours.
  await tick();
  queue.purge();
  for (const [index, body] of bodies.entries()) {
    queue.sendRaw(body);
    if (index % BODIES_PER_JOB === 0) {
      queue.sendRaw(messageOf(`good-${index / BODIES_PER_JOB}`));
    }
  }
  await drain();

  const suffering = ids.filter((id) => !started.has(id) || store.getRaw(id)?.['status'] !== 'completed');
  if (suffering.length > 0) {
    throw new Error(`Good jobs were not run: ${suffering.join(', ')}`);
  }
  if (queue.size() > 0) {
    throw new Error(`${queue.size()} messages are neither done with nor dead.`);
  }
  const expected = bodies.filter((body) => !ids.includes(parseMessage(body)?.id ?? ''));
  const dead = queue.listDead().map(({ body }) => body);
  if (JSON.stringify([...dead].sort()) !== JSON.stringify([...expected].sort())) {
    throw new Error(`Expected ${expected.length} messages in the dead-letter queue, got ${dead.length}.`);
  }
  return { dead: dead.length, acknowledged: bodies.length - dead.length, good: ids.length };
}

function add(left: MessageFates, right: MessageFates): MessageFates {
  return {
    dead: left.dead + right.dead,
    acknowledged: left.acknowledged + right.acknowledged,
    good: left.good + right.good,
  };
}
