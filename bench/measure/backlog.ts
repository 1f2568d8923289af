import { createMemoryStack } from '../../lib/testing/index.ts';
import { noOp } from '../app/jobs/no-op/definition.ts';
import { handler } from '../app/jobs/no-op/handler.ts';
import { atMost, type Figure, plain } from '../figure.ts';

const JOBS = 100_000;
const BATCH = 10;
const BATCHES_PER_SECOND = 10;
/** What the construct sets by default for ten consumers with batches of ten. */
const QUEUE_DEPTH_CAP = 1_000;

/** Sends per job while a backlog of raw puts is drained by a consumer that does a hundred jobs a second; time is simulated. */
async function drainBacklog(queueDepthCap: number): Promise<{ readonly sends: number; readonly writes: number }> {
  let sends = 0;
  let writes = 0;
  const stack = createMemoryStack({
    handlers: [handler],
    queueDepthCap,
    timeoutMs: 60_000,
    wrap: (ports) => ({
      ...ports,
      queue: {
        ...ports.queue,
        send: (messages) => {
          sends += messages.length;
          return ports.queue.send(messages);
        },
        depth: () => ports.queue.depth(),
        sendDeadLetters: (letters) => ports.queue.sendDeadLetters(letters),
      },
      store: {
        ...ports.store,
        read: (ids) => ports.store.read(ids),
        create: (jobs) => ports.store.create(jobs),
        findDue: (page) => ports.store.findDue(page),
        claim: (claims) => {
          writes += claims.length;
          return ports.store.claim(claims);
        },
        write: (changes) => {
          writes += changes.length;
          return ports.store.write(changes);
        },
      },
    }),
  });
  for (let index = 0; index < JOBS; index += 1) {
    stack.store.putRaw({
      id: `job-${index}`,
      type: noOp.type,
      status: 'queued',
      input: '{}',
      lane: `default#live#${index % 4}`,
      nextAt: stack.clock.now(),
    });
  }
  let counted = 0;
  for (let done = 0; done < JOBS; ) {
    await stack.sweep();
    for (let batch = 0; batch < BATCHES_PER_SECOND; batch += 1) {
      await stack.deliver({ maxMessages: BATCH });
    }
    await stack.clock.advance(1_000);
    for (; counted < stack.recorder.changes.length; counted += 1) {
      done += stack.recorder.changes[counted]?.after.status === 'completed' ? 1 : 0;
    }
  }
  return { sends: sends / JOBS, writes: writes / JOBS };
}

export async function measureBacklog(): Promise<readonly Figure[]> {
  const capped = await drainBacklog(QUEUE_DEPTH_CAP);
  const uncapped = await drainBacklog(Number.MAX_SAFE_INTEGER);
  return [
    atMost('backlog of 100,000, queue cap on: sends', capped.sends, 'sends/job', 1.1),
    plain('backlog of 100,000, queue cap on: writes', capped.writes, 'writes/job'),
    plain('backlog of 100,000, queue cap off: sends', uncapped.sends, 'sends/job'),
    plain('backlog of 100,000, queue cap off: writes', uncapped.writes, 'writes/job'),
  ];
}
