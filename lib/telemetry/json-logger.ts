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
      write(JSON.stringify({ level, time: new Date(now()).toISOString(), source, message, ...fields }, toLoggable));
  return { debug: log('debug'), info: log('info'), warn: log('warn'), error: log('error') };
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
