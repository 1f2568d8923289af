import { noOp } from '../app/jobs/no-op/definition.ts';
import { atLeast, atMost, type Figure, median, plain, quantile } from '../figure.ts';
import { type LocalRun, pause, startLocalRun } from '../local-run.ts';
import { readCpuOfAll } from '../process-cpu.ts';
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

interface Speed {
  readonly perSecond: number;
  /** Of all processes of the run together, for one. */
  readonly cpuMs: number;
}

async function withCpu(count: number, measure: () => Promise<number>): Promise<Speed> {
  const before = readCpuOfAll();
  const perSecond = await measure();
  return { perSecond, cpuMs: (readCpuOfAll() - before) / count };
}

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
    const measureWrites = () => withCpu(ENGINE_WRITES, () => run.measureWrites(ENGINE_WRITES));
    let before = await measureWrites();
    const writes = [before];
    const jobs: Speed[] = [];
    const shares: number[] = [];
    const cpuShares: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const job = await withCpu(JOBS, () => drain(run, JOBS));
      const after = await measureWrites();
      jobs.push(job);
      writes.push(after);
      shares.push((100 * WRITES_PER_JOB * job.perSecond) / ((before.perSecond + after.perSecond) / 2));
      cpuShares.push((100 * WRITES_PER_JOB * ((before.cpuMs + after.cpuMs) / 2)) / job.cpuMs);
      before = after;
    }
    const waits = await measureLatency(run);
    return [
      plain('jobs end to end, 1 KB input, no-op handler', median(jobs.map(({ perSecond }) => perSecond)), 'jobs/s'),
      plain('conditional writes of the engine alone', median(writes.map(({ perSecond }) => perSecond)), 'writes/s'),
      atLeast('share of what the engine’s writes allow', median(shares), '%', 50),
      plain('CPU of a job, all processes', median(jobs.map(({ cpuMs }) => cpuMs)), 'ms'),
      plain('CPU of a write of the engine, all processes', median(writes.map(({ cpuMs }) => cpuMs)), 'ms'),
      plain('share of what the engine’s writes allow, by CPU', median(cpuShares), '%'),
      atMost(`submit to start at ${LATENCY_RATE} jobs/s, p50`, quantile(waits, 0.5), 'ms', 15),
      atMost(`submit to start at ${LATENCY_RATE} jobs/s, p99`, quantile(waits, 0.99), 'ms', 60),
    ];
  } finally {
    await run.close();
  }
}
