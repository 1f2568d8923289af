import type { Logger } from '../core/index.ts';

export interface JsonLoggerOptions {
  /** The function's name, in every line. */
  readonly source: string;
  readonly write: (line: string) => void;
  readonly now: () => number;
}

/** One JSON object a line: level, time, source, message and fields, ready for CloudWatch Logs Insights. */
export function createJsonLogger({ source, write, now }: JsonLoggerOptions): Logger {
  const log =
    (level: string) =>
    (message: string, fields: Readonly<Record<string, unknown>> = {}): void =>
      write(toLine({ level, time: new Date(now()).toISOString(), source, message }, fields));
  return { debug: log('debug'), info: log('info'), warn: log('warn'), error: log('error') };
}

/** A handler logs whatever it has at hand; what cannot be written as JSON must not make its job fail. */
function toLine(head: Readonly<Record<string, unknown>>, fields: Readonly<Record<string, unknown>>): string {
  try {
    return JSON.stringify({ ...head, ...fields }, toLoggable);
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('\n')[0] : 'unknown';
    return JSON.stringify({ ...head, fieldsLeftOut: `They are not JSON: ${reason}` });
  }
}

/** Errors with their stack and cause, which JSON would leave out; what JSON cannot say, as text. */
function toLoggable(_key: string, value: unknown): unknown {
  if (value instanceof Error) {
    return {
      name: value.name,
      message: value.message,
      ...('code' in value ? { code: value.code } : {}),
      stack: value.stack,
      ...(value.cause === undefined ? {} : { cause: value.cause }),
    };
  }
  return typeof value === 'bigint' ? value.toString() : value;
}
