import { setTimeout as delay } from 'node:timers/promises';
import { readFinal, submitBatch, untilEnded } from './drain.ts';
import { startInstallation } from './installation.ts';
import { BATCH, judge } from './outcome.ts';
import type { Measurement, Report } from './report.ts';

/** Ten consumers with batches of ten, each job ten seconds: ten jobs a second, however fast the machine is that submits ten times as many. */
const WORK_MS = 10_000;
const CAPACITY = (10 * 10 * 1_000) / WORK_MS;
const TIMES = 10;
const BURST_SECONDS = 30;
const SHOW_MS = 15_000;

/** Half a minute of ten times what the consumer can do, then the time that it takes to get over it. */
export async function burst({ say, signal, tellBy }: Measurement): Promise<Report> {
  const installation = await startInstallation(signal);
  try {
    const count = CAPACITY * TIMES * BURST_SECONDS;
    const ids: string[] = [];
    tellBy(() => `${ids.length} of ${count} jobs accepted, ${installation.ended()} ended`);
    const startedAt = Date.now();
    const course: string[] = [];
    let shownAt = startedAt;
    const show = (): void => {
      if (Date.now() < shownAt + SHOW_MS) return;
      shownAt = Date.now();
      const line = `after ${String(Math.round((shownAt - startedAt) / 1_000)).padStart(4)} s: ${String(ids.length).padStart(5)} accepted, ${String(installation.ended()).padStart(5)} ended, oldest due for ${installation.oldestDueAge().toFixed(0)} s`;
      course.push(line);
      say(line);
    };
    while (ids.length < count) {
      ids.push(...(await submitBatch(installation, ids.length, BATCH, WORK_MS)));
      const due = startedAt + (ids.length / (CAPACITY * TIMES)) * 1_000;
      await delay(Math.max(0, due - Date.now()), undefined, { signal });
      show();
    }
    const submittedMs = Date.now() - startedAt;
    await untilEnded(installation, count, show);
    const drainedMs = Date.now() - startedAt;
    const { completed, problems } = judge(ids, await readFinal(installation, ids));
    const dead = await installation.deadLetters();
    return {
      lines: [
        `a consumer for ${CAPACITY} jobs a second got ${ids.length} in ${(submittedMs / 1_000).toFixed(0)} s (${((1_000 * ids.length) / submittedMs).toFixed(0)} a second)`,
        `${completed} completed, the last ${(drainedMs / 1_000).toFixed(0)} s after the first submit; ${dead} dead letters`,
        ...course,
      ],
      problems: [...problems, ...(dead > 0 ? [`${dead} dead letters`] : [])],
    };
  } finally {
    await installation.close();
  }
}
