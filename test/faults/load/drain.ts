import { setTimeout as delay } from 'node:timers/promises';
import { createSampleInput } from '../../../bench/sample-input.ts';
import { isFinal, type Job } from '../../../lib/core/index.ts';
import type { JobView } from '../../../lib/index.ts';
import { timed } from '../load-app/jobs/timed/definition.ts';
import { type Installation, startInstallation } from './installation.ts';
import { type Course, MAX_GROWTH, type MemoryRow, MemorySamples } from './memory-samples.ts';
import { BATCH, judge } from './outcome.ts';
import type { Measurement, Report } from './report.ts';

/** Jobs that are accepted and have not ended: enough to keep every consumer busy, few enough not to be what memory is used for. */
const WINDOW = 2_000;
const LOOK_MS = 50;
const READ_AGAIN_MS = 1_000;
const SAMPLE_MS = 1_000;
const GROWTH_IN_WORDS = { none: 'flat', grew: 'GREW', unknown: 'too short to tell' } as const;
/** Nothing ends for so long: the rest would wait for a sweep, but not for this. */
const STUCK_MS = 5 * 60_000;

/** Submits jobs as fast as they are done, all of them, while the memory of every process is watched. */
export async function drain(count: number, { say, signal, tellBy }: Measurement): Promise<Report> {
  const installation = await startInstallation(signal);
  const memory = new MemorySamples(installation.stack);
  const sampling = setInterval(() => memory.take(), SAMPLE_MS);
  const startedAt = Date.now();
  try {
    const ids: string[] = [];
    tellBy(() => `${ids.length} of ${count} jobs accepted, ${installation.ended()} ended`);
    while (ids.length < count) {
      ids.push(...(await submitBatch(installation, ids.length, Math.min(BATCH, count - ids.length), 0)));
      if (ids.length % 10_000 < BATCH) say(`${ids.length} submitted, ${installation.ended()} ended`);
      await untilEnded(installation, ids.length - WINDOW);
    }
    await untilEnded(installation, count);
    const seconds = (Date.now() - startedAt) / 1_000;
    memory.take();
    clearInterval(sampling);
    const { completed, problems } = judge(ids, await readFinal(installation, ids));
    const dead = await installation.deadLetters();
    const rows = memory.summarize();
    return {
      lines: [
        `${ids.length} jobs accepted, ${completed} completed in ${seconds.toFixed(0)} s (${(completed / seconds).toFixed(0)} a second), ${dead} dead letters`,
        ...describeMemory(rows),
      ],
      problems: [
        ...problems,
        ...(dead > 0 ? [`${dead} dead letters`] : []),
        ...rows.filter(({ growth }) => growth === 'grew').map(({ role }) => `the memory of ${role} grew`),
      ],
    };
  } finally {
    clearInterval(sampling);
    await installation.close();
  }
}

/** As the system counts it, and as it is judged. */
function describeMemory(rows: readonly MemoryRow[]): readonly string[] {
  const inMb = ({ start, middle, end }: Course): string =>
    [start, middle, end].map((mb) => (mb === undefined ? '-' : mb.toFixed(0)).padStart(6)).join(' ');
  const [fromStart, fromMiddle] = [MAX_GROWTH.start, MAX_GROWTH.middle].map(
    ({ share, mb }) => `${share * 100} % or ${mb} MB`,
  );
  return [
    `${'MB of the largest process'.padEnd(26)} processes | RSS at start middle    end | without mapped files`,
    ...rows.map(
      ({ role, processes, resident, own, growth }) =>
        `${role.padEnd(26)} ${String(processes).padStart(9)} | ${inMb(resident).padStart(26)} | ${inMb(own)} ${GROWTH_IN_WORDS[growth]}`,
    ),
    `flat: without mapped files, the end has at most ${fromStart} more than the start, after warming up, and ${fromMiddle} more than the middle`,
  ];
}

/**
 * Until every one is accepted: on a busy machine a submit may have no answer. One that had been accepted all the same is a job more.
 *
 * @throws Error for any other reason
 */
export async function submitBatch(
  { client, signal }: Installation,
  from: number,
  count: number,
  workMs: number,
): Promise<readonly JobView['id'][]> {
  const ids: JobView['id'][] = [];
  while (ids.length < count) {
    signal.throwIfAborted();
    const inputs = Array.from({ length: count - ids.length }, (_, index) => ({
      workMs,
      filling: JSON.stringify(createSampleInput(from + ids.length + index)),
    }));
    for (const outcome of await client.submitMany(timed, inputs)) {
      if (outcome.kind === 'accepted') ids.push(outcome.job.id);
      else if (outcome.error.code !== 'unavailable') throw outcome.error;
    }
  }
  return ids;
}

/** Waits until so many jobs have ended, or none does any more. */
export async function untilEnded(
  { ended, signal }: Installation,
  count: number,
  onLook: () => void = () => {},
): Promise<void> {
  let [seen, movedAt] = [ended(), Date.now()];
  while (ended() < count && Date.now() < movedAt + STUCK_MS) {
    await delay(LOOK_MS, undefined, { signal });
    onLook();
    if (ended() > seen) [seen, movedAt] = [ended(), Date.now()];
  }
}

/** What the table says of jobs once all of them are final, or after some minutes. Only those that were not are read again. */
export async function readFinal(
  { read, signal }: Installation,
  ids: readonly string[],
): Promise<ReadonlyMap<string, Job>> {
  const until = Date.now() + STUCK_MS;
  const jobs = new Map<string, Job>();
  for (let open = ids; ; ) {
    for (const [id, job] of await read(open)) jobs.set(id, job);
    open = open.filter((id) => !isFinal(jobs.get(id)?.status ?? 'queued'));
    if (open.length === 0 || Date.now() > until) return jobs;
    await delay(READ_AGAIN_MS, undefined, { signal });
  }
}
