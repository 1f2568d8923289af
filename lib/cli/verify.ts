import { createReadStream } from 'node:fs';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { createHistoryChecker, type HistorySummary } from '../core/index.ts';
import { toUsageError, UsageError } from './errors.ts';
import { readTransition } from './read-transitions.ts';
import { EXIT, type Terminal } from './terminal.ts';

const VERIFY_USAGE = `Usage: async-endpoints verify --log FILE [--json]

Reads the log of the functions and checks the history of every job in it: one final status for each run, attempts
that never fall, no write of a worker that had lost its job, a run before each completion, a reason for each failure,
no more runs than the budgets allow.

  --log FILE  lines as the functions wrote them or as CloudWatch Logs exports them, in any order; - is standard input
  --json      print the result as one JSON object
  --help      print this

Exit code 0: nothing is wrong. 1: a history is false. 2: nothing to check.`;

/** Resolves with the exit code. */
export async function runVerify(args: readonly string[], terminal: Terminal): Promise<number> {
  const { log, json, help } = parse(args);
  if (help) {
    terminal.print(VERIFY_USAGE);
    return EXIT.fine;
  }
  if (log === undefined || log === '') {
    throw new UsageError('Expected --log with a file to read, or - for standard input.');
  }
  const { lines, summary } = await readLog(log, terminal);
  if (summary.transitions === 0) {
    throw new UsageError(
      `None of the ${lines} lines in ${log} tells of a job. Expected JSON lines of the functions' logs, like {"message":"job claimed","jobId":…,"event":"claim",…}.`,
    );
  }
  terminal.print(json ? JSON.stringify({ lines, ...summary }) : describeSummary(lines, summary));
  return summary.violations.length === 0 ? EXIT.fine : EXIT.failed;
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        log: { type: 'string' },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    }).values;
  } catch (error) {
    throw toUsageError(error);
  }
}

async function readLog(
  log: string,
  { workingDirectory }: Terminal,
): Promise<{ readonly lines: number; readonly summary: HistorySummary }> {
  const checker = createHistoryChecker();
  const input = log === '-' ? process.stdin : createReadStream(resolve(workingDirectory, log));
  let lines = 0;
  try {
    for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
      lines += 1;
      const transition = readTransition(line);
      if (transition !== undefined) {
        checker.add(transition);
      }
    }
  } catch (error) {
    throw new UsageError(`The log cannot be read: ${error instanceof Error ? error.message : String(error)}.`);
  }
  return { lines, summary: checker.summarize() };
}

function describeSummary(lines: number, { jobs, transitions, violations, gaps, unfinished }: HistorySummary): string {
  return [
    `${lines} lines, ${transitions} transitions of ${jobs} jobs`,
    `violations  ${violations.length}`,
    `gaps        ${gaps}  steps whose predecessor is not in the log: it begins later, or a process died before it told`,
    `unfinished  ${unfinished}  jobs that are not final at the end of the log`,
    ...violations.map(({ invariant, jobId, detail }) => `${invariant}  ${jobId}  ${detail}`),
  ].join('\n');
}
