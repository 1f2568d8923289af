import { type AcceptedTransition, isStatus, STATUSES, TRANSITIONS, wordsFor } from '../core/index.ts';

type Fields = Readonly<Record<string, unknown>>;

/** What a line of a log tells: a transition; something else; or a transition that nobody can read, since it was cut or changed. */
export type LogLine =
  | { readonly kind: 'transition'; readonly transition: AcceptedTransition }
  | { readonly kind: 'other' }
  | { readonly kind: 'unreadable' };

const EVENTS = new Set<AcceptedTransition['event']>(['submit', ...TRANSITIONS.map(({ event }) => event)]);

/** Where CloudWatch and its tools put what a function wrote, when they wrap it. */
const WRAPPERS = ['@message', 'message'] as const;

/** What the lines about transitions say. */
const MESSAGES: ReadonlySet<unknown> = new Set(
  [...EVENTS].flatMap((event) => STATUSES.map((to) => wordsFor({ event, to }))),
);
/** What such a line has, and still has when some of it was changed; a handler that happens to say the same seldom has two of them. */
const TELLING = ['event', 'from', 'to', 'at', 'since'] as const;
const FEWEST_TELLING = 2;
/** In a line that was cut or garbled, escaped or not: its message, whole or up to the end of the line. */
const MESSAGE = /"message\\?":\s*\\?"(job [a-z]*)(\\?"|$)/;
/** The same: its fields, in their order. */
const FIELDS = /"jobId\\?":.*"event\\?":.*"to\\?":.*"attempt\\?":/;

/**
 * Understood are lines as the functions write them, the same after a time stamp (as CloudWatch Logs exports them to S3), and the
 * same in `message` or `@message` (as events and rows of Logs Insights have them): as text, and in `@message` as an object, too.
 */
export function readLogLine(line: string): LogLine {
  const fields = parseObject(line.slice(Math.max(0, line.indexOf('{'))));
  const told = [fields, unwrap(fields ?? {})].find(
    (one) =>
      one !== undefined &&
      MESSAGES.has(one['message']) &&
      TELLING.filter((name) => name in one).length >= FEWEST_TELLING,
  );
  const transition = told === undefined ? undefined : toTransition(told);
  if (transition !== undefined) {
    return { kind: 'transition', transition };
  }
  return told !== undefined || (fields === undefined && isBroken(line)) ? { kind: 'unreadable' } : { kind: 'other' };
}

/** Whether what is no JSON any more was a line about a transition. */
function isBroken(line: string): boolean {
  const [, message, end] = MESSAGE.exec(line) ?? [];
  return MESSAGES.has(message) || end === '' || FIELDS.test(line);
}

function unwrap(fields: Fields): Fields | undefined {
  const { '@message': row } = fields;
  if (typeof row === 'object' && row !== null) {
    return row as Fields;
  }
  const wrapped = WRAPPERS.map((name) => fields[name]).find((text) => typeof text === 'string');
  return typeof wrapped === 'string' ? parseObject(wrapped) : undefined;
}

function parseObject(text: string): Fields | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Fields) : undefined;
  } catch {
    return undefined;
  }
}

/** Undefined where a field is missing or is not what it must be: without its budget, or its time, a line could not be held against it. */
function toTransition(fields: Fields): AcceptedTransition | undefined {
  const { jobId, event, from, to, attempt, at, since, maxRuns, reason } = fields;
  const isWhole =
    typeof jobId === 'string' &&
    (EVENTS as ReadonlySet<unknown>).has(event) &&
    isStatus(to) &&
    isCount(attempt) &&
    [at, since, maxRuns].every((value) => value === undefined || isCount(value)) &&
    (from === undefined || isStatus(from)) &&
    (reason === undefined || typeof reason === 'string') &&
    (event !== 'claim' || maxRuns !== undefined) &&
    (event !== 'progress' || since !== undefined) &&
    (event === 'submit' || at !== undefined);
  return isWhole ? ({ jobId, event, from, to, attempt, at, since, maxRuns, reason } as AcceptedTransition) : undefined;
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0;
}
