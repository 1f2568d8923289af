import { setTimeout as delay } from 'node:timers/promises';
import { createFakeRandom } from '../../../lib/testing/index.ts';
import type { Fate, WireRequest } from '../proxy/fault-proxy.ts';
import { REFUSALS } from '../proxy/refusals.ts';
import { type ProxiedConsumer, startProxiedConsumer } from './proxied-consumer.ts';
import type { Measurement, Report } from './report.ts';

/** Well below what the machine does, so that it is the throttling that makes things slow. */
const JOBS_PER_SECOND = 10;
const BATCH = 10;
const SHARE = 0.5;
const MAX_TIMES = 3;
const SEED = 1;
const WRITES: readonly string[] = ['PutItem', 'UpdateItem'];
const SHOW_MS = 30_000;

interface Run {
  readonly accepted: number;
  readonly requests: number;
  readonly throttled: number;
  readonly seconds: number;
  readonly problems: readonly string[];
}

/** The same jobs twice: in peace, and while every other write of the table is throttled. Then requests are compared. */
export async function throttled(minutes: number, measurement: Measurement): Promise<Report> {
  const calm = await run('calm', { minutes, share: 0, measurement });
  const busy = await run('throttled', { minutes, share: SHARE, measurement });
  const times = busy.requests / calm.requests;
  const lineOf = (name: string, { accepted, requests, throttled: refused, seconds }: Run): string =>
    `${name.padEnd(10)} ${accepted} jobs, ${requests} requests to table and queue (${(requests / accepted).toFixed(1)} a job), ${refused} writes throttled, over after ${seconds.toFixed(0)} s`;
  return {
    lines: [lineOf('calm', calm), lineOf('throttled', busy), `${times.toFixed(2)} times the requests`],
    problems: [
      ...calm.problems,
      ...busy.problems,
      ...(times > MAX_TIMES ? [`${times.toFixed(2)} times the requests, at most ${MAX_TIMES} are wanted`] : []),
    ],
  };
}

interface RunOptions {
  readonly minutes: number;
  /** Of the writes that are throttled. */
  readonly share: number;
  readonly measurement: Measurement;
}

async function run(name: string, { minutes, share, measurement }: RunOptions): Promise<Run> {
  const random = createFakeRandom(SEED);
  const ms = minutes * 60_000;
  let refused = 0;
  let startedAt = Date.now();
  const decide = ({ operation }: WireRequest): Fate => {
    if (Date.now() > startedAt + ms || !WRITES.includes(operation) || random.next() >= share) return { kind: 'pass' };
    refused += 1;
    // The first three are what a throttled table says; the others are failures of another kind.
    const refusal = REFUSALS.dynamodb[refused % 3];
    return refusal === undefined ? { kind: 'pass' } : { kind: 'refuse', refusal };
  };
  const consumer = await startProxiedConsumer(decide, measurement.signal);
  measurement.tellBy(() => `${name}, ${consumer.completed()} jobs completed, ${refused} writes throttled`);
  try {
    startedAt = Date.now();
    const ids = await submitFor(ms, consumer, measurement);
    const problems = await consumer.untilCompleted(ids);
    const seconds = (Date.now() - startedAt) / 1_000;
    return { accepted: ids.length, requests: consumer.requests(), throttled: refused, seconds, problems };
  } finally {
    await consumer.close();
  }
}

/** At a steady pace, whatever becomes of those before: callers do not wait for each other. */
async function submitFor(
  ms: number,
  consumer: ProxiedConsumer,
  { say, signal }: Measurement,
): Promise<readonly string[]> {
  const submits: Promise<readonly string[]>[] = [];
  const startedAt = Date.now();
  const wanted = Math.floor((ms / 1_000) * JOBS_PER_SECOND);
  let shownAt = startedAt;
  for (let index = 0; index < wanted; index += BATCH) {
    submits.push(consumer.submit(index, Math.min(BATCH, wanted - index)));
    const due = startedAt + ((index + BATCH) / JOBS_PER_SECOND) * 1_000;
    await delay(Math.max(0, due - Date.now()), undefined, { signal });
    if (Date.now() > shownAt + SHOW_MS) {
      shownAt = Date.now();
      say(`${index + BATCH} submitted, ${consumer.completed()} completed, ${consumer.requests()} requests`);
    }
  }
  return (await Promise.all(submits)).flat();
}
