import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { ArmedFailpoint } from '../../functions/failpoints.ts';
import { DEFAULT_POLICY, ENV, isFinal, type Job } from '../../lib/core/index.ts';
import { type RunningStack, startStack } from '../../lib/local/stack/index.ts';
import { createIds, systemClock } from '../../lib/pipeline/index.ts';
import { connectTo } from '../e2e/local-clients.ts';
import { type Cell, PLOTS } from './cells.ts';
import { checkTruth, type Verdict } from './check-truth.ts';
import { readEffects } from './effects.ts';
import { createLogReader } from './log-reader.ts';
import { openTable, type ReadJobs, readStoppedTable } from './table-reader.ts';

export interface CellOutcome {
  readonly cell: Cell;
  /** Whether its process was hit at all. */
  readonly fired: boolean;
  readonly verdict: Verdict;
  /** As the table has them at the end. */
  readonly jobs: readonly Job[];
  /** Jobs that a process changed after it was woken up. */
  readonly changedAfterwards: readonly string[];
  /** Writes that the fence refused. */
  readonly fencedWrites: number;
}

/** Timeout and margin of the jobs of `faults-app`: by then a run that was frozen has lost its lease. */
const LEASE_MS = 4_000;
const TICK_MS = 1_000;
const LOOK_MS = 100;
const PATIENCE_MS = 90_000;

interface Staged {
  readonly cell: Cell;
  readonly ids: readonly string[];
  readonly failpoint: ArmedFailpoint;
  frozenAt: number | undefined;
  /** The jobs as they were when the frozen process was woken up. */
  before: ReadonlyMap<string, Job> | undefined;
}

const NEVER = new AbortController().signal;

/**
 * Runs all cells at once on one stack of their own; each has its own jobs, and a process holds one job at a time.
 *
 * @param signal aborted, it ends the stack and rejects
 */
export async function runCells(cells: readonly Cell[], signal = NEVER): Promise<readonly CellOutcome[]> {
  const directory = await mkdtemp(join(tmpdir(), 'faults-'));
  try {
    return await runCellsIn(directory, cells, signal);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function runCellsIn(
  directory: string,
  cells: readonly Cell[],
  signal: AbortSignal,
): Promise<readonly CellOutcome[]> {
  const effects = join(directory, 'effects');
  await writeFile(effects, '');
  const staged = await Promise.all(cells.map((cell, index) => stage(cell, `cell-${index}`, directory)));
  const log = createLogReader();
  const stack = await startStack({
    project: fileURLToPath(new URL('faults-app', import.meta.url)),
    port: 0,
    data: join(directory, 'data'),
    environment: { ...process.env, [ENV.failpoints]: JSON.stringify(staged.map(({ failpoint }) => failpoint)) },
    onLine: (_source, text) => log.read(text),
    signal,
  });
  try {
    const table = openTable(stack.address);
    const over = new AbortController();
    const submitted = submitAll(stack, staged, effects, over.signal);
    submitted.catch(() => {});
    try {
      await untilOver(stack, staged, { read: table.read, countFenced: log.countFenced, signal });
    } finally {
      over.abort();
    }
    await submitted;
    table.close();
  } finally {
    wakeAll(staged);
    await stack.stop({ graceMs: signal.aborted ? 0 : 5_000 });
  }
  const jobs = await readStoppedTable(join(directory, 'data', 'dynamodb'), stack.address.tableName);
  const done = await readEffects(effects);
  return staged.map((entry) => {
    const { cell, ids, before } = entry;
    const promised = ids.map((id) => ({ id, ...PLOTS[cell.at].ends }));
    return {
      cell,
      fired: pidOf(entry) !== undefined,
      verdict: checkTruth({ promised, jobs, effects: done, endings: log.endings }),
      jobs: ids.flatMap((id) => jobs.get(id) ?? []),
      changedAfterwards: ids.filter((id) => before !== undefined && !isSame(before.get(id), jobs.get(id))),
      fencedWrites: log.countFenced(ids),
    };
  });
}

const isSame = (one: Job | undefined, other: Job | undefined): boolean => JSON.stringify(one) === JSON.stringify(other);

async function stage(cell: Cell, name: string, directory: string): Promise<Staged> {
  const ids = createIds(systemClock);
  const names = Array.from({ length: cell.jobs }, (_, index) => `${name}-${index}`);
  const own =
    PLOTS[cell.at].by === 'raw-put'
      ? names
      : await Promise.all(names.map((key) => ids.digest(`${DEFAULT_POLICY.queueName}\n${key}`)));
  const { at, signal, hit } = cell;
  const failpoint: ArmedFailpoint = { at, signal, hit, jobs: own, record: join(directory, name) };
  return { cell, ids: own, failpoint, frozenAt: undefined, before: undefined };
}

/**
 * The producer has jobs of many cells in its hands at once. Were it killed for one cell while a request for another is under way, that one
 * would be served and never counted as a hit; so the jobs of its cells come one cell after the other, each once the one before was hit.
 *
 * @param over aborted, it waits for no hit any more
 */
async function submitAll(
  { address }: RunningStack,
  staged: readonly Staged[],
  effects: string,
  over: AbortSignal,
): Promise<void> {
  const clients = connectTo({ ready: true, ...address });
  const ofProducer = staged.filter(({ cell }) => cell.at.startsWith('producer.'));
  const takeTurns = async (): Promise<void> => {
    for (const entry of ofProducer) {
      await submit(clients, entry, effects);
      while (pidOf(entry) === undefined && !over.aborted) await delay(LOOK_MS);
    }
  };
  const others = staged.filter((entry) => !ofProducer.includes(entry));
  await Promise.all([takeTurns(), ...others.map((entry) => submit(clients, entry, effects))]);
  clients.close();
}

async function submit(
  clients: ReturnType<typeof connectTo>,
  { cell, ids, failpoint }: Staged,
  effects: string,
): Promise<void> {
  const { by, type, does, times } = PLOTS[cell.at];
  const input = { effects, does, ...(times === undefined ? {} : { times }) };
  await Promise.all(
    ids.map(async (id, index) => {
      if (by === 'raw-put') {
        await clients.putRaw(id, type, JSON.stringify(input), { lane: `default#live#${index % 4}` });
        return;
      }
      const idempotencyKey = `${failpoint.record.split('/').at(-1)}-${index}`;
      // Whether the answer comes is the business of the one that is killed; a frozen one answers too late to be waited for.
      const answer = clients.request('POST', '/jobs', { body: { type, input, idempotencyKey } });
      if (cell.signal === 'SIGKILL') await answer;
      else answer.catch(() => {});
    }),
  );
}

interface Watch {
  readonly read: ReadJobs;
  readonly countFenced: (ids: readonly string[]) => number;
  readonly signal: AbortSignal;
}

/** Resolves once every job is final, every frozen process awake and every late write refused, or after so long. */
async function untilOver(
  stack: RunningStack,
  staged: readonly Staged[],
  { read, countFenced, signal }: Watch,
): Promise<void> {
  const giveUpAt = Date.now() + PATIENCE_MS;
  let nextTickAt = 0;
  while (Date.now() < giveUpAt) {
    if (Date.now() >= nextTickAt) {
      stack.tick();
      nextTickAt = Date.now() + TICK_MS;
    }
    const jobs = await read(staged.flatMap(({ ids }) => ids));
    const over = staged.filter((entry) => {
      const isOver = entry.ids.every((id) => isFinal(jobs.get(id)?.status ?? 'queued'));
      return wake(entry, isOver ? jobs : undefined) && isOver && !isLateWriteDue(entry, countFenced);
    });
    if (over.length === staged.length) return;
    await delay(LOOK_MS, undefined, { signal });
  }
}

const isLateWriteDue = ({ cell, ids }: Staged, countFenced: Watch['countFenced']): boolean =>
  cell.signal === 'SIGSTOP' && PLOTS[cell.at].fenced && countFenced(ids) === 0;

/** Wakes a frozen process once its jobs are final without it and its lease is over. Answers whether nobody is frozen. */
function wake(entry: Staged, finalJobs: ReadonlyMap<string, Job> | undefined): boolean {
  const pid = pidOf(entry);
  if (pid === undefined) return false;
  if (entry.cell.signal === 'SIGKILL' || entry.before !== undefined) return true;
  entry.frozenAt ??= Date.now();
  if (finalJobs === undefined || Date.now() < entry.frozenAt + LEASE_MS) return false;
  entry.before = new Map([...finalJobs].filter(([id]) => entry.ids.includes(id)));
  process.kill(pid, 'SIGCONT');
  return true;
}

function wakeAll(staged: readonly Staged[]): void {
  for (const entry of staged) {
    const pid = pidOf(entry);
    if (pid === undefined || entry.cell.signal === 'SIGKILL' || entry.before !== undefined) continue;
    try {
      process.kill(pid, 'SIGCONT');
    } catch {
      // It is gone, which is fine as well.
    }
  }
}

/** Of the process that was hit. */
function pidOf({ failpoint: { record, hit } }: Staged): number | undefined {
  try {
    return Number(readFileSync(`${record}.${hit}`, 'utf8')) || undefined;
  } catch {
    return undefined;
  }
}
