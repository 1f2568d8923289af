import { parseArgs } from 'node:util';
import { createHistoryChecker, type HistorySummary } from '../core/index.ts';
import { toUsageError, UsageError } from './errors.ts';
import { readLog } from './read-log.ts';
import { readLogLine } from './read-transitions.ts';
import { EXIT, type Terminal } from './terminal.ts';

const VERIFY_USAGE = `Usage: async-endpoints verify --log FILE [--log FILE …] [--strict] [--json]

Reads the log of the functions and checks the history of every job in it: one final status for each run, attempts
that never fall, no write of a worker that had lost its job, a run before each completion, a reason for each failure,
a request before each cancel of a run, no more runs than the budgets allow. What a line contradicts is wrong; what is
only missing is a gap. Whether a handler returned what its job has as its result, no log tells.

  --log FILE  the lines of all functions, in any order and each as often as it comes; several are one history. As they wrote
              them, as CloudWatch Logs exports them to S3 (gzip too), as
                aws logs filter-log-events --log-group-name NAME --output json
              prints them (with --query 'events[].[message]' --output text, too, which needs less memory here), or as the
              JSON rows of Logs Insights with their @message; - is standard input
  --strict    gaps are wrong, too: for a log that is known to be whole. A true one has gaps where it begins later, or where
              a process died before it told. Unfinished jobs are named, but not wrong
  --json      print the result as one JSON object
  --help      print this

Exit code 0: nothing is wrong. 1: a history is false, or a line about a job cannot be read. 2: nothing to check.`;

/** Beyond these a list is no longer read. */
const MAX_LISTED = 50;

/** A line, or the event of a document, that tells of a job and cannot be read. */
interface UnreadableLine {
  readonly log: string;
  readonly line: number;
}

interface ReadLogs {
  readonly lines: number;
  readonly unreadable: readonly UnreadableLine[];
  readonly summary: HistorySummary;
}

/** Resolves with the exit code. */
export async function runVerify(args: readonly string[], terminal: Terminal): Promise<number> {
  const { log, strict, json, help } = parse(args);
  if (help) {
    terminal.print(VERIFY_USAGE);
    return EXIT.fine;
  }
  if (log.length === 0 || log.includes('')) {
    throw new UsageError('Expected --log with a file to read, or - for standard input.');
  }
  const read = await readLogs(log, terminal);
  const { lines, unreadable, summary } = read;
  if (summary.transitions + unreadable.length === 0) {
    throw new UsageError(
      `None of the ${lines} lines in ${log.join(', ')} tells of a job. Expected JSON lines of the functions' logs, like {"message":"job claimed","jobId":…,"event":"claim",…}, one event a line, or the JSON of aws logs filter-log-events. On this machine npm start --silent -- --json writes such lines to standard error.`,
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
        log: { type: 'string', multiple: true, default: [] },
        strict: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    }).values;
  } catch (error) {
    throw toUsageError(error);
  }
}

async function readLogs(logs: readonly string[], { workingDirectory }: Terminal): Promise<ReadLogs> {
  const checker = createHistoryChecker();
  const unreadable: UnreadableLine[] = [];
  let lines = 0;
  for (const log of logs) {
    let line = 0;
    for await (const text of readLog(log, workingDirectory)) {
      line += 1;
      const told = readLogLine(text);
      if (told.kind === 'transition') {
        checker.add(told.transition);
      } else if (told.kind === 'unreadable') {
        unreadable.push({ log, line });
      }
    }
    lines += line;
  }
  return { lines, unreadable, summary: checker.summarize() };
}

function describe({ lines, unreadable, summary }: ReadLogs, strict: boolean): string {
  const { jobs, transitions, violations, gaps, unfinished } = summary;
  return [
    `${lines} lines, ${transitions} transitions of ${jobs} jobs`,
    `violations  ${violations.length}`,
    `unreadable  ${unreadable.length}  lines that tell of a job and were cut or changed`,
    `gaps        ${gaps.length}  steps before which another is missing: the log begins later, or a process died before it told`,
    `unfinished  ${unfinished.length}  jobs that are not final at the end of the log`,
    ...listed(violations.map(({ invariant, jobId, detail }) => `${invariant}  ${jobId}  ${detail}`)),
    ...listed(unreadable.map(({ log, line }) => `unreadable  line ${line} of ${log}`)),
    ...(strict ? listed(gaps.map(({ jobId, detail }) => `gap  ${jobId}  before ${detail}`)) : []),
    ...(strict ? listed(unfinished.map((jobId) => `not final  ${jobId}`)) : []),
  ].join('\n');
}

function listed(entries: readonly string[]): readonly string[] {
  const more = entries.length - MAX_LISTED;
  return more > 0 ? [...entries.slice(0, MAX_LISTED), `… and ${more} more`] : entries;
}
