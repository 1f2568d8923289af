import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { parseArgs } from 'node:util';
import { createGunzip } from 'node:zlib';
import { createHistoryChecker, type HistorySummary } from '../core/index.ts';
import { toUsageError, UsageError } from './errors.ts';
import { readLogLine } from './read-transitions.ts';
import { EXIT, type Terminal } from './terminal.ts';

const VERIFY_USAGE = `Usage: async-endpoints verify --log FILE [--strict] [--json]

Reads the log of the functions and checks the history of every job in it: one final status for each run, attempts
that never fall, no write of a worker that had lost its job, a run before each completion, a reason for each failure,
a request before each cancel of a run, no more runs than the budgets allow. What a line contradicts is wrong; what is
only missing is a gap. Whether a handler returned what its job has as its result, no log tells.

  --log FILE  the lines of all functions, in any order and each as often as it comes: as they wrote them, or as CloudWatch
              Logs exports them to S3 (gzip too), or as
                aws logs filter-log-events --log-group-name NAME --query 'events[].[message]' --output text
              prints them; - is standard input
  --strict    gaps are wrong, too: for a log that is known to be whole. A true one has gaps where it begins later, or where
              a process died before it told
  --json      print the result as one JSON object
  --help      print this

Exit code 0: nothing is wrong. 1: a history is false, or a line about a job cannot be read. 2: nothing to check.`;

/** Beyond these a list is no longer read. */
const MAX_LISTED = 50;

interface ReadLog {
  readonly lines: number;
  /** The numbers of lines that tell of a job and cannot be read. */
  readonly unreadable: readonly number[];
  readonly summary: HistorySummary;
}

/** Resolves with the exit code. */
export async function runVerify(args: readonly string[], terminal: Terminal): Promise<number> {
  const { log, strict, json, help } = parse(args);
  if (help) {
    terminal.print(VERIFY_USAGE);
    return EXIT.fine;
  }
  if (log === undefined || log === '') {
    throw new UsageError('Expected --log with a file to read, or - for standard input.');
  }
  const read = await readLog(log, terminal);
  const { lines, unreadable, summary } = read;
  if (summary.transitions + unreadable.length === 0) {
    throw new UsageError(
      `None of the ${lines} lines in ${log} tells of a job. Expected JSON lines of the functions' logs, like {"message":"job claimed","jobId":…,"event":"claim",…}, one event a line.`,
    );
  }
  terminal.print(json ? JSON.stringify({ lines, unreadable, ...summary }) : describe(read, strict));
  const isWrong = summary.violations.length + unreadable.length > 0 || (strict && summary.gaps.length > 0);
  return isWrong ? EXIT.failed : EXIT.fine;
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        log: { type: 'string' },
        strict: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    }).values;
  } catch (error) {
    throw toUsageError(error);
  }
}

async function readLog(log: string, { workingDirectory }: Terminal): Promise<ReadLog> {
  const checker = createHistoryChecker();
  const unreadable: number[] = [];
  let lines = 0;
  try {
    const input = log === '-' ? process.stdin : await openLog(resolve(workingDirectory, log));
    for await (const text of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
      lines += 1;
      const line = readLogLine(text);
      if (line.kind === 'transition') {
        checker.add(line.transition);
      } else if (line.kind === 'unreadable') {
        unreadable.push(lines);
      }
    }
  } catch (error) {
    throw new UsageError(`The log cannot be read: ${error instanceof Error ? error.message : String(error)}.`);
  }
  return { lines, unreadable, summary: checker.summarize() };
}

/** What CloudWatch Logs exports is compressed. */
async function openLog(path: string): Promise<Readable> {
  const isGzip = await startsLikeGzip(path);
  const input = createReadStream(path);
  if (!isGzip) {
    return input;
  }
  const text = createGunzip();
  input.on('error', (error) => text.destroy(error));
  return input.pipe(text);
}

async function startsLikeGzip(path: string): Promise<boolean> {
  const file = await open(path);
  try {
    const { buffer } = await file.read(Buffer.alloc(2), 0, 2, 0);
    return buffer[0] === 0x1f && buffer[1] === 0x8b;
  } finally {
    await file.close();
  }
}

function describe({ lines, unreadable, summary }: ReadLog, strict: boolean): string {
  const { jobs, transitions, violations, gaps, unfinished } = summary;
  return [
    `${lines} lines, ${transitions} transitions of ${jobs} jobs`,
    `violations  ${violations.length}`,
    `unreadable  ${unreadable.length}  lines that tell of a job and were cut or changed`,
    `gaps        ${gaps.length}  steps before which another is missing: the log begins later, or a process died before it told`,
    `unfinished  ${unfinished}  jobs that are not final at the end of the log`,
    ...listed(violations.map(({ invariant, jobId, detail }) => `${invariant}  ${jobId}  ${detail}`)),
    ...listed(unreadable.map((line) => `unreadable  line ${line}`)),
    ...(strict ? listed(gaps.map(({ jobId, detail }) => `gap  ${jobId}  before ${detail}`)) : []),
  ].join('\n');
}

function listed(entries: readonly string[]): readonly string[] {
  const more = entries.length - MAX_LISTED;
  return more > 0 ? [...entries.slice(0, MAX_LISTED), `… and ${more} more`] : entries;
}
