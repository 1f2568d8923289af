import { consumeBatch, submitJobs } from '../../lib/pipeline/index.ts';
import { sweepLanes } from '../../lib/pipeline/producer/sweep-lanes.ts';
import { noOp } from '../app/jobs/no-op/definition.ts';
import { handler } from '../app/jobs/no-op/handler.ts';
import { type EngineStack, startEngineStack } from '../engine-stack.ts';
import { atLeast, type Figure, median, plain } from '../figure.ts';
import { createSampleInput } from '../sample-input.ts';
import { writeSmallItems } from '../small-writes.ts';

const ROUNDS = 5;
const JOBS_PER_ROUND = 500;
const WARM_UP_JOBS = 300;
const BATCH = 25;
/** Beyond a queue's delay, so that the jobs wait in the table. */
const MOVED_MS = 1_000_000;

interface Spent {
  readonly cpuMicros: number;
  readonly wallMs: number;
}

/** This process's own CPU, its engines run in others. */
async function spend(work: () => Promise<void>): Promise<Spent> {
  const startedAt = performance.now();
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return { cpuMicros: user + system, wallMs: performance.now() - startedAt };
}

/** Submits in batches, four of them under way at once, as a client with work to hand in would. */
async function submit({ ports }: EngineStack, count: number, runAt?: number): Promise<void> {
  const starts = Array.from({ length: Math.ceil(count / BATCH) }, (_, index) => index * BATCH);
  const work = async (): Promise<void> => {
    for (let first = starts.shift(); first !== undefined; first = starts.shift()) {
      const offset = first;
      const requests = Array.from({ length: BATCH }, (_, index) => ({
        definition: noOp,
        input: createSampleInput(offset + index),
        runAt,
      }));
      await submitJobs(ports, requests);
    }
  };
  await Promise.all([work(), work(), work(), work()]);
}

/** Receives and deletes as an event source does, which is nobody's CPU here; a duplicate would be counted as a job. */
async function drain({ ports, receive, remove }: EngineStack, count: number): Promise<Spent> {
  let cpuMicros = 0;
  let wallMs = 0;
  for (let done = 0; done < count; ) {
    const deliveries = await receive();
    if (deliveries.length === 0) {
      continue;
    }
    const spent = await spend(async () => {
      await consumeBatch(ports, deliveries, { deadline: ports.clock.now() + 60_000 });
    });
    await remove(deliveries);
    cpuMicros += spent.cpuMicros;
    wallMs += spent.wallMs;
    done += deliveries.length;
  }
  return { cpuMicros, wallMs };
}

/** One pass of the producer over jobs that have become due; time is moved, nobody wants to wait a quarter of an hour. */
function dispatch(stack: EngineStack): Promise<Spent> {
  return spend(async () => {
    await sweepLanes({
      ...stack.ports,
      clock: movedClock(stack),
      queueDepthCap: Number.MAX_SAFE_INTEGER,
      mayGoOn: () => true,
    });
  });
}

type Step = 'submit' | 'run' | 'dispatch' | 'write';

/** CPU of the client per job: an SDK call costs about as much as everything else together. */
export async function measureClientCpu(): Promise<readonly Figure[]> {
  const stack = await startEngineStack([handler]);
  try {
    await submit(stack, WARM_UP_JOBS);
    await drain(stack, WARM_UP_JOBS);
    const write = (): Promise<Spent> => spend(() => writeSmallItems(stack.table, stack.tableName, JOBS_PER_ROUND));
    await write();
    const rounds: Readonly<Record<Step, Spent>>[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const submitted = await spend(() => submit(stack, JOBS_PER_ROUND));
      const run = await drain(stack, JOBS_PER_ROUND);
      await submit(stack, JOBS_PER_ROUND, Date.now() + MOVED_MS - 1_000);
      const dispatched = await dispatch(stack);
      await drain({ ...stack, ports: { ...stack.ports, clock: movedClock(stack) } }, JOBS_PER_ROUND);
      rounds.push({ submit: submitted, run, dispatch: dispatched, write: await write() });
    }
    const perJob = (step: Step): number => median(rounds.map((round) => round[step].cpuMicros / JOBS_PER_ROUND));
    return [
      plain('client CPU, one small write by the SDK alone', perJob('write'), 'µs'),
      plain('client CPU, submit in batches of 25', perJob('submit'), 'µs/job'),
      plain('client CPU, dispatch', perJob('dispatch'), 'µs/job'),
      plain('client CPU, claim, run and finish', perJob('run'), 'µs/job'),
      atLeast(
        'submit by SDK in batches of 25',
        median(rounds.map((round) => (1_000 * JOBS_PER_ROUND) / round.submit.wallMs)),
        'jobs/s',
        1_000,
      ),
    ];
  } finally {
    await stack.close();
  }
}

function movedClock({ ports }: EngineStack): EngineStack['ports']['clock'] {
  return { ...ports.clock, now: () => Date.now() + MOVED_MS };
}
