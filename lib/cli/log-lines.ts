import type { LineLevel } from '../local/stack/index.ts';

/** A line as the stack hands it on; `level` is what it counts as unless it says so itself. */
export interface LogEntry {
  readonly source: string;
  readonly text: string;
  readonly level: LineLevel;
  /** Epoch milliseconds at which it arrived here. */
  readonly at: number;
}

/** Undefined for a line that the format leaves out. */
export type LogFormat = (entry: LogEntry) => string | undefined;

interface ReadEntry {
  readonly level: string;
  readonly at: number;
  readonly message: string;
  readonly jobId: string | undefined;
  /** What else a structured line says. */
  readonly fields: Readonly<Record<string, unknown>>;
}

/** Fields that have a place of their own, or say nothing on one machine. */
const PLACED = new Set(['level', 'time', 'timestamp', 'source', 'message', 'jobId']);

/** What only `async-endpoints verify` reads of a line. */
const FOR_VERIFY = new Set(['at', 'since', 'maxRuns']);

const SOURCE_WIDTH = 9;
const LEVEL_WIDTH = 5;

const COLORS = { grey: 90, red: 31, yellow: 33, cyan: 36, green: 32, magenta: 35, blue: 34 } as const;
type Color = keyof typeof COLORS;

const LEVEL_COLORS: Readonly<Record<string, Color>> = { error: 'red', warn: 'yellow', debug: 'grey' };
const SOURCE_COLORS: readonly Color[] = ['cyan', 'green', 'magenta', 'blue'];

/** One line for people: `12:03:04.125 consumer  info  [job id] job completed attempt=1`. Metrics are left out. */
export function createTextFormat({ colors }: { readonly colors: boolean }): LogFormat {
  const paint = (color: Color | undefined, text: string): string =>
    colors && color !== undefined ? `\u001b[${COLORS[color]}m${text}\u001b[39m` : text;
  const sourceColors = new Map<string, Color | undefined>();
  const colorOf = (source: string): Color | undefined => {
    const known = sourceColors.get(source) ?? SOURCE_COLORS[sourceColors.size % SOURCE_COLORS.length];
    sourceColors.set(source, known);
    return known;
  };
  return (entry) => {
    const record = parseRecord(entry.text);
    if (record !== undefined && '_aws' in record) {
      return undefined;
    }
    const { level, at, message, jobId, fields } = readEntry(entry, record);
    const extra = Object.entries(fields)
      .filter(([name]) => !FOR_VERIFY.has(name))
      .map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`);
    const levelColor = LEVEL_COLORS[level];
    return [
      paint('grey', toClockTime(at)),
      paint(colorOf(entry.source), entry.source.padEnd(SOURCE_WIDTH)),
      paint(levelColor, level.padEnd(LEVEL_WIDTH)),
      ...(jobId === undefined ? [] : [paint('cyan', `[${jobId}]`)]),
      paint(levelColor, message),
      ...(extra.length === 0 ? [] : [paint('grey', extra.join(' '))]),
    ].join(' ');
  };
}

/** One JSON object a line, for machines: `time`, `level`, `source`, `message`, and all that a structured line says. */
export const formatJson: LogFormat = (entry) => {
  const record = parseRecord(entry.text);
  if (record !== undefined && '_aws' in record) {
    return JSON.stringify({ source: entry.source, ...record });
  }
  const { level, at, message, jobId, fields } = readEntry(entry, record);
  const time = new Date(at).toISOString();
  return JSON.stringify({
    time,
    level,
    source: entry.source,
    message,
    ...(jobId !== undefined && { jobId }),
    ...fields,
  });
};

/** Only a line with a message is structured; any other JSON is somebody's own text. */
function readEntry(entry: LogEntry, record: Readonly<Record<string, unknown>> | undefined): ReadEntry {
  const message = record?.['message'];
  if (record === undefined || typeof message !== 'string') {
    return { level: entry.level, at: entry.at, message: entry.text, jobId: undefined, fields: {} };
  }
  const { level, jobId } = record;
  const at = Date.parse(String(record['time'] ?? record['timestamp']));
  return {
    level: typeof level === 'string' ? level.toLowerCase() : entry.level,
    at: Number.isNaN(at) ? entry.at : at,
    message,
    jobId: typeof jobId === 'string' ? jobId : undefined,
    fields: Object.fromEntries(Object.entries(record).filter(([name]) => !PLACED.has(name))),
  };
}

function parseRecord(text: string): Readonly<Record<string, unknown>> | undefined {
  if (!text.startsWith('{')) {
    return undefined;
  }
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}

/** Local time of day: whoever reads along looks at the clock on their wall. */
function toClockTime(at: number): string {
  const date = new Date(at);
  const twoDigits = (value: number): string => String(value).padStart(2, '0');
  const parts = [date.getHours(), date.getMinutes(), date.getSeconds()].map(twoDigits);
  return `${parts.join(':')}.${String(date.getMilliseconds()).padStart(3, '0')}`;
}
