import { noOp } from '../app/jobs/no-op/definition.ts';
import { atLeast, atMost, type Figure, median, plain, quantile } from '../figure.ts';
import { type LocalRun, pause, startLocalRun } from '../local-run.ts';
import { createSampleInput } from '../sample-input.ts';

const ROUNDS = 3;
const JOBS = 1_500;
/** Ten processes share them, and a process is slow until it has done some hundred jobs. */
const WARM_UP_JOBS = 1_500;
/** Before and after each round, since the machine may do other things meanwhile. */
const ENGINE_WRITES = 1_500;
/** Put, claim, finish: what a job asks of the engine at least. */
const WRITES_PER_JOB = 3;
const LATENCY_JOBS = 400;
const LATENCY_RATE = 20;

async function drain({ jobs, whenCompleted }: LocalRun, count: number): Promise<number> {
  const startedAt = performance.now();
  const done = whenCompleted(count);
  const inputs = Array.from({ length: count }, (_, index) => createSampleInput(index));
  await jobs.submitMany(noOp, inputs);
  return (1_000 * count) / ((await done) - startedAt);
}

async function measureLatency({ jobs, whenCompleted, takeWaits }: LocalRun): Promise<readonly number[]> {
  takeWaits();
  const done = whenCompleted(LATENCY_JOBS);
  const startedAt = performance.now();
  const submits: Promise<unknown>[] = [];
  for (let index = 0; index < LATENCY_JOBS; index += 1) {
    submits.push(jobs.submit(noOp, createSampleInput(index)));
    await pause(startedAt + ((index + 1) * 1_000) / LATENCY_RATE - performance.now());
  }
  await Promise.all(submits);
  await done;
  return takeWaits();
}

/** Jobs through the whole local runtime, beside what its engine can write at all, in the same run. */
export async function measureEndToEnd(): Promise<readonly Figure[]> {
  const run = await startLocalRun();
  try {
    await drain(run, WARM_UP_JOBS);
    await run.measureWrites(ENGINE_WRITES);
    const rates: number[] = [];
    const writes: number[] = [await run.measureWrites(ENGINE_WRITES)];
    const shares: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const before = writes.at(-1) ?? Number.NaN;
      const rate = await drain(run, JOBS);
      const after = await run.measureWrites(ENGINE_WRITES);
      rates.push(rate);
      writes.push(after);
      shares.push((100 * rate * WRITES_PER_JOB) / ((before + after) / 2));
    }
    const waits = await measureLatency(run);
    return [
      plain('jobs end to end, 1 KB input, no-op handler', median(rates), 'jobs/s'),
      plain('conditional writes of the engine alone', median(writes), 'writes/s'),
      atLeast('share of what the engine’s writes allow', median(shares), '%', 50),
      atMost(`submit to start at ${LATENCY_RATE} jobs/s, p50`, quantile(waits, 0.5), 'ms', 15),
      atMost(`submit to start at ${LATENCY_RATE} jobs/s, p99`, quantile(waits, 0.99), 'ms', 60),
    ];
  } finally {
    await run.close();
  }
}
