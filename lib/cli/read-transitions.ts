import { type AcceptedTransition, isStatus, TRANSITIONS } from '../core/index.ts';

type Fields = Readonly<Record<string, unknown>>;

const EVENTS: ReadonlySet<unknown> = new Set(['submit', ...TRANSITIONS.map(({ event }) => event)]);

/** Where CloudWatch and its tools put what a function wrote, when they wrap it. */
const WRAPPERS = ['@message', 'message'] as const;

/**
 * The transition that a line of a log tells of, or undefined for any other line. Understood are the lines as the functions write
 * them, the same after a time stamp (as CloudWatch Logs exports them to S3), and the same as text in `message` or `@message` (as
 * the command line of AWS and Logs Insights give them).
 */
export function readTransition(line: string): AcceptedTransition | undefined {
  const start = line.indexOf('{');
  const fields = start < 0 ? undefined : parseObject(line.slice(start));
  return fields === undefined ? undefined : (toTransition(fields) ?? toTransition(unwrap(fields)));
}

function unwrap(fields: Fields): Fields {
  const wrapped = WRAPPERS.map((name) => fields[name]).find((text) => typeof text === 'string');
  return (typeof wrapped === 'string' ? parseObject(wrapped) : undefined) ?? {};
}

function parseObject(text: string): Fields | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Fields) : undefined;
  } catch {
    return undefined;
  }
}

function toTransition(fields: Fields): AcceptedTransition | undefined {
  const { jobId, event, from, to, attempt, at, since, maxRuns, reason } = fields;
  if (typeof jobId !== 'string' || !EVENTS.has(event) || !isStatus(to) || !isCount(attempt)) {
    return undefined;
  }
  return {
    jobId,
    event: event as AcceptedTransition['event'],
    from: isStatus(from) ? from : undefined,
    to,
    attempt,
    at: isCount(at) ? at : undefined,
    since: isCount(since) ? since : undefined,
    maxRuns: isCount(maxRuns) ? maxRuns : undefined,
    reason: typeof reason === 'string' ? reason : undefined,
  };
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0;
}
