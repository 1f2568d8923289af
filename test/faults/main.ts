/**
 * `npm run faults`: the first, third and last hit of every failpoint, by both signals. With `--engines [--seeds N] [--from S]
 * [--scenario NAME] [--faults NAME,NAME]`: scenarios on the engines behind fault proxies. Exits with 1 unless all is
 * true, with 2 for wrong usage.
 */

import { FAILPOINTS } from '../../functions/failpoints.ts';
import type { Job } from '../../lib/core/index.ts';
import { orExit } from '../simulation/command/usage.ts';
import { type Cell, PLOTS } from './cells.ts';
import { runEngineCourses } from './engines/main.ts';
import { parseFaultsOptions } from './options.ts';
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

async function killAtFailpoints(): Promise<number> {
  const rows: Row[] = [];
  console.log(`${'failpoint, signal, hit'.padEnd(35)} lost, duplicated, unexpected`);
  for (const hit of HITS) {
    for (const signal of SIGNALS) {
      const outcomes = await runCells(FAILPOINTS.map((at): Cell => ({ at, signal, hit, jobs: JOBS })));
      for (const row of outcomes.map(toRow)) {
        rows.push(row);
        console.log(`${row.name}   ${row.lost.length} ${row.duplicated.length} ${row.unexpected.length}`);
        for (const problem of [...row.lost, ...row.duplicated, ...row.unexpected]) console.log(`    ${problem}`);
      }
    }
  }
  const [lost, duplicated, unexpected] = [count(rows, 'lost'), count(rows, 'duplicated'), count(rows, 'unexpected')];
  console.log(
    `${rows.length} cells, ${rows.length * JOBS} jobs: lost ${lost}, duplicated ${duplicated}, unexpected ${unexpected}`,
  );
  return lost + duplicated + unexpected;
}

const options = orExit(() => parseFaultsOptions(process.argv.slice(2)));
process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';
const failures = options.engines ? await runEngineCourses(options) : await killAtFailpoints();
process.exitCode = failures === 0 ? 0 : 1;
