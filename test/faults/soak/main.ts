/** `npm run soak -- --minutes N [--jobs 5000] [--seed S]`. Exits with 1 unless every accepted job ended once, and truly; with 2 for wrong usage. */

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { isFinal, mapBounded } from '../../../lib/core/index.ts';
import { createFakeRandom } from '../../../lib/testing/index.ts';
import { orExit } from '../../simulation/command/usage.ts';
import { checkTruth, type Promised } from '../check-truth.ts';
import { readEffects } from '../effects.ts';
import { createLogReader } from '../log-reader.ts';
import { parseSoakOptions } from '../options.ts';
import { openTable, readStoppedTable } from '../table-reader.ts';
import { RefusedError } from './doors.ts';
import { planJobs, type SoakJob } from './plan-jobs.ts';
import { StackLife } from './stack-life.ts';

const SUBMITTERS = 8;
const TRY_AGAIN_MS = 200;
const LOOK_MS = 1_000;
/** A job whose message was lost again and again waits longer each time. */
const DRAIN_LIMIT_MS = 15 * 60_000;
const SHOWN = 20;

const options = orExit(() => parseSoakOptions(process.argv.slice(2), Date.now() % 1_000_000));
const troubleMs = options.minutes * 60_000;
const random = createFakeRandom(options.seed);
const jobs = planJobs(options.jobs, random);
const say = (text: string): void => console.log(`${new Date().toISOString().slice(11, 19)} ${text}`);

const directory = await mkdtemp(join(tmpdir(), 'soak-'));
const effects = join(directory, 'effects');
await writeFile(effects, '');
const log = createLogReader();
const life = new StackLife({ directory, effects, random, onLine: log.read });
const promised = new Map<string, Promised>();
const refused: string[] = [];

say(`seed ${options.seed}: ${jobs.length} jobs, ${options.minutes} minutes of trouble`);
await life.start();
const startedAt = Date.now();
await mapBounded([...jobs.entries()], SUBMITTERS, async ([index, job]) => {
  await delay(Math.max(0, startedAt + (index / jobs.length) * troubleMs - Date.now()));
  await submit(job);
});
await delay(Math.max(0, startedAt + troubleMs - Date.now()));
await life.leaveAlone();
const submittedMs = Date.now() - startedAt;
const { kills, ownEnds } = life;
say(
  `accepted ${promised.size}; killed ${kills.function} functions, ${kills.engine} engines, ${kills.npm} times npm, ${kills.runtime} runtimes`,
);
const drainMs = await drain();
const { tableName } = life.running?.address ?? { tableName: '' };
await life.stop();
await judge();

/** Until it is accepted, as often as it takes; then again under the same key, which must name the same job. */
async function submit(job: SoakJob): Promise<void> {
  const ids = new Set<string>();
  for (let done = 0; done < job.submits; ) {
    try {
      const { doors } = life;
      if (doors === undefined) throw new Error('no stack is running');
      ids.add(await doors[done === 0 || job.door !== 'api' ? job.door : 'sdk'](job));
      done += 1;
    } catch (error) {
      if (error instanceof RefusedError) {
        refused.push(`${job.key} by ${job.door}: ${error.message}`);
        return;
      }
      await delay(TRY_AGAIN_MS);
    }
  }
  if (ids.size > 1) refused.push(`${job.key} became ${ids.size} jobs`);
  for (const id of ids) promised.set(id, { id, ...job.ends });
}

/** Resolves with the time it took until all jobs were final, or the limit. */
async function drain(): Promise<number> {
  const from = Date.now();
  const { address } = life.running ?? {};
  if (address === undefined) throw new Error('no stack is running');
  const table = openTable(address);
  let open = [...promised.keys()];
  while (open.length > 0 && Date.now() < from + DRAIN_LIMIT_MS) {
    const found = await table.read(open);
    const left = open.filter((id) => !isFinal(found.get(id)?.status ?? 'queued'));
    if (left.length !== open.length && left.length > 0) say(`${left.length} jobs are left`);
    open = left;
    await delay(LOOK_MS);
  }
  table.close();
  return Date.now() - from;
}

async function judge(): Promise<void> {
  const table = await readStoppedTable(join(directory, 'data', 'dynamodb'), tableName);
  const { lost, duplicated, unexpected } = checkTruth({
    promised: [...promised.values()],
    jobs: table,
    effects: await readEffects(effects),
    endings: log.endings,
  });
  const strangers = [...table.keys()].filter((id) => !promised.has(id)).map((id) => `${id} was submitted by nobody`);
  const leftovers = life.lateEnds.map((ms) => `something of a killed stack lived on for ${ms} ms`);
  const surprises = [...unexpected, ...refused, ...strangers, ...leftovers];
  const ofTable = [...table.values()];
  const sum = (count: (job: (typeof ofTable)[number]) => number): number =>
    ofTable.reduce((total, job) => total + count(job), 0);
  for (const problem of [...lost, ...duplicated, ...surprises].slice(0, SHOWN)) console.log(`  ${problem}`);
  console.log(
    [
      `seed ${options.seed}: ${promised.size} jobs accepted in ${Math.round(submittedMs / 1_000)} s, all final ${Math.round(drainMs / 1_000)} s after the last kill`,
      `killed: ${kills.function} function processes, ${kills.engine} engines, ${kills.npm} times npm and ${kills.runtime} times the runtime below it (${ownEnds} had ended by themselves)`,
      `after each of those all was gone within ${life.longestEndMs} ms`,
      `runs: ${sum(({ attempt }) => attempt)}, failures ${sum(({ failures }) => failures)}, crashes ${sum(({ crashes }) => crashes)}, suspects ${sum(({ suspect }) => (suspect ? 1 : 0))}, writes refused by the fence ${log.countFenced()}`,
      `ends told by the log: ${[...log.endings.values()].reduce((total, count) => total + count, 0)}`,
      `lost ${lost.length}, duplicated ${duplicated.length}, unexpected ${surprises.length}`,
    ].join('\n'),
  );
  const isFine = lost.length + duplicated.length + surprises.length === 0;
  if (isFine) await rm(directory, { recursive: true, force: true });
  else console.log(`The data is kept in ${directory}.`);
  process.exitCode = isFine ? 0 : 1;
}
