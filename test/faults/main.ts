/** `npm run faults -- …`. Exit codes: 0 all is true, 1 it is not, 2 wrong usage, 130 interrupted. */

import { FAILPOINTS } from '../../functions/failpoints.ts';
import type { Job } from '../../lib/core/index.ts';
import { type Cell, PLOTS } from './cells.ts';
import { type RunningCommand, runCommand } from './command.ts';
import { runEngineCourses } from './engines/main.ts';
import { FAULTS_USAGE, type FaultsOptions, parseFaultsOptions } from './options.ts';
import { type CellOutcome, runCells } from './run-cells.ts';

const JOBS = 4;
const HITS = [1, 3, JOBS];
const SIGNALS = ['SIGKILL', 'SIGSTOP'] as const;

interface Row {
  readonly name: string;
  readonly lost: readonly string[];
  readonly duplicated: readonly string[];
  readonly unexpected: readonly string[];
}

const countsOf = ({ attempt, failures, crashes }: Pick<Job, 'attempt' | 'failures' | 'crashes'>): string =>
  `attempt ${attempt}, ${failures} failures, ${crashes} crashes`;

/** One job met the failpoint and counts as its plot says, the others as if nothing had happened. */
function expectedCounts({ at }: Cell): readonly string[] {
  const { counts, fenced } = PLOTS[at];
  const others = fenced ? { attempt: 1, failures: 0, crashes: 0 } : counts;
  return [counts, ...Array.from({ length: JOBS - 1 }, () => others)].map(countsOf).sort();
}

function toRow({ cell, fired, verdict, jobs, changedAfterwards, fencedWrites }: CellOutcome): Row {
  const { at, signal, hit } = cell;
  const counts = jobs.map(countsOf).sort();
  const expected = expectedCounts(cell);
  const refused = signal === 'SIGSTOP' && PLOTS[at].fenced ? 1 : 0;
  return {
    name: `${at.padEnd(22)} ${signal} ${hit === JOBS ? 'last ' : hit === 1 ? 'first' : 'third'}`,
    lost: verdict.lost,
    duplicated: verdict.duplicated,
    unexpected: [
      ...verdict.unexpected,
      ...(fired ? [] : ['its process was not hit']),
      ...changedAfterwards.map((id) => `${id} was changed by a process that woke up`),
      ...(counts.join() === expected.join() ? [] : [`counts are ${counts.join(' / ')}`]),
      ...(fencedWrites === refused ? [] : [`${fencedWrites} writes were refused instead of ${refused}`]),
    ],
  };
}

const count = (rows: readonly Row[], kind: 'lost' | 'duplicated' | 'unexpected'): number =>
  rows.reduce((sum, row) => sum + row[kind].length, 0);

function summarize(rows: readonly Row[]): string {
  const [lost, duplicated, unexpected] = [count(rows, 'lost'), count(rows, 'duplicated'), count(rows, 'unexpected')];
  return `${rows.length} cells, ${rows.length * JOBS} jobs: lost ${lost}, duplicated ${duplicated}, unexpected ${unexpected}`;
}

/** Resolves with the number of problems. */
async function killAtFailpoints({ signal: interruption, tellBy }: RunningCommand): Promise<number> {
  const rows: Row[] = [];
  tellBy(() => summarize(rows));
  console.log(`${'failpoint, signal, hit'.padEnd(35)} lost, duplicated, unexpected`);
  for (const hit of HITS) {
    for (const signal of SIGNALS) {
      const cells = FAILPOINTS.map((at): Cell => ({ at, signal, hit, jobs: JOBS }));
      for (const row of (await runCells(cells, interruption)).map(toRow)) {
        rows.push(row);
        console.log(`${row.name}   ${row.lost.length} ${row.duplicated.length} ${row.unexpected.length}`);
        for (const problem of [...row.lost, ...row.duplicated, ...row.unexpected]) console.log(`    ${problem}`);
      }
    }
  }
  console.log(summarize(rows));
  return rows.reduce((sum, row) => sum + row.lost.length + row.duplicated.length + row.unexpected.length, 0);
}

const run = async (options: FaultsOptions, running: RunningCommand): Promise<boolean> =>
  (await (options.engines ? runEngineCourses(options, running) : killAtFailpoints(running))) === 0;

process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';
process.exitCode = await runCommand({ usage: FAULTS_USAGE, parse: parseFaultsOptions, run });
