import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { isFinal, mapBounded } from '../../../lib/core/index.ts';
import { createFakeRandom } from '../../../lib/testing/index.ts';
import { checkTruth, type Promised } from '../check-truth.ts';
import type { RunningCommand } from '../command.ts';
import { readEffects } from '../effects.ts';
import { createLogReader, type LogReader } from '../log-reader.ts';
import type { SoakOptions } from '../options.ts';
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

/** Jobs through every door of a stack that is killed again and again, and what has become of them. */
export class Soak {
  private readonly options: SoakOptions;
  private readonly directory: string;
  private readonly signal: AbortSignal;
  private readonly jobs: readonly SoakJob[];
  private readonly log: LogReader = createLogReader();
  private readonly life: StackLife;
  private readonly promised = new Map<string, Promised>();
  private readonly refused: string[] = [];

  constructor(options: SoakOptions, directory: string, { signal, tellBy }: RunningCommand) {
    const random = createFakeRandom(options.seed);
    this.options = options;
    this.directory = directory;
    this.signal = signal;
    this.jobs = planJobs(options.jobs, random);
    this.life = new StackLife({ directory, effects: this.effects, random, onLine: this.log.read, signal });
    tellBy(() => `${this.describeCourse()}, ${this.log.endings.size} ended as the log tells`);
  }

  /** Resolves with whether every accepted job ended once, and truly. Leaves no process behind, whatever happens. */
  async run(): Promise<boolean> {
    const { jobs, life, options } = this;
    const troubleMs = options.minutes * 60_000;
    await writeFile(this.effects, '');
    say(`seed ${options.seed}: ${jobs.length} jobs, ${options.minutes} minutes of trouble`);
    try {
      await life.start();
      const startedAt = Date.now();
      await mapBounded([...jobs.entries()], SUBMITTERS, async ([index, job]) => {
        await this.wait(startedAt + (index / jobs.length) * troubleMs - Date.now());
        await this.submit(job);
      });
      await this.wait(startedAt + troubleMs - Date.now());
      await life.leaveAlone();
      const submittedMs = Date.now() - startedAt;
      say(this.describeCourse());
      const drainMs = await this.drain();
      const { tableName } = life.running?.address ?? { tableName: '' };
      await life.stop();
      return await this.judge({ tableName, submittedMs, drainMs });
    } finally {
      await life.stop();
    }
  }

  private get effects(): string {
    return join(this.directory, 'effects');
  }

  private describeCourse(): string {
    const { kills } = this.life;
    return `accepted ${this.promised.size}; killed ${kills.function} functions, ${kills.engine} engines, ${kills.npm} times npm, ${kills.runtime} runtimes`;
  }

  private async wait(ms: number): Promise<void> {
    await delay(Math.max(0, ms), undefined, { signal: this.signal });
  }

  /** Until it is accepted, as often as it takes; then again under the same key, which must name the same job. */
  private async submit(job: SoakJob): Promise<void> {
    const ids = new Set<string>();
    for (let done = 0; done < job.submits; ) {
      try {
        const { doors } = this.life;
        if (doors === undefined) throw new Error('no stack is running');
        ids.add(await doors[done === 0 || job.door !== 'api' ? job.door : 'sdk'](job));
        done += 1;
      } catch (error) {
        if (error instanceof RefusedError) {
          this.refused.push(`${job.key} by ${job.door}: ${error.message}`);
          return;
        }
        await this.wait(TRY_AGAIN_MS);
      }
    }
    if (ids.size > 1) this.refused.push(`${job.key} became ${ids.size} jobs`);
    for (const id of ids) this.promised.set(id, { id, ...job.ends });
  }

  /** Resolves with the time it took until all jobs were final, or the limit. */
  private async drain(): Promise<number> {
    const from = Date.now();
    const { address } = this.life.running ?? {};
    if (address === undefined) throw new Error('no stack is running');
    const table = openTable(address);
    let open = [...this.promised.keys()];
    while (open.length > 0 && Date.now() < from + DRAIN_LIMIT_MS) {
      const found = await table.read(open);
      const left = open.filter((id) => !isFinal(found.get(id)?.status ?? 'queued'));
      if (left.length !== open.length && left.length > 0) say(`${left.length} jobs are left`);
      open = left;
      await this.wait(LOOK_MS);
    }
    table.close();
    return Date.now() - from;
  }

  private async judge({ tableName, submittedMs, drainMs }: Measured): Promise<boolean> {
    const { promised, refused, life, log, options } = this;
    const { kills, ownEnds } = life;
    const table = await readStoppedTable(join(this.directory, 'data', 'dynamodb'), tableName);
    const { lost, duplicated, unexpected } = checkTruth({
      promised: [...promised.values()],
      jobs: table,
      effects: await readEffects(this.effects),
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
    return lost.length + duplicated.length + surprises.length === 0;
  }
}

interface Measured {
  readonly tableName: string;
  readonly submittedMs: number;
  readonly drainMs: number;
}

const say = (text: string): void => console.log(`${new Date().toISOString().slice(11, 19)} ${text}`);
