import { type SubmitOptions as PipelineOptions, SubmitError } from '../pipeline/index.ts';

export interface SubmitOptions {
  /** Makes the id: the same key submits the same job. 1 to 256 characters. */
  readonly idempotencyKey?: string | undefined;
  /** Seconds to wait before the job may run, at most a year. Not together with `runAt`. */
  readonly delaySeconds?: number | undefined;
  /** Earliest time to run: a date, or ISO 8601 with `Z` or an offset. What is past counts as now; at most a year ahead. */
  readonly runAt?: Date | string | undefined;
  /** Label for fairness between tenants, up to 128 letters, digits and punctuation. */
  readonly group?: string | undefined;
  /** Instead of the definition's, 1 to 100. */
  readonly maxAttempts?: number | undefined;
}

export const SUBMIT_OPTIONS: readonly string[] = Object.keys({
  idempotencyKey: true,
  delaySeconds: true,
  runAt: true,
  group: true,
  maxAttempts: true,
} satisfies Record<keyof SubmitOptions, true>);

/** @throws SubmitError `invalid-input` when there is no telling when the job shall run */
export function toPipelineOptions(options: SubmitOptions, now: number): PipelineOptions {
  const { idempotencyKey, group, maxAttempts } = options;
  return { idempotencyKey, group, maxAttempts, runAt: toRunAt(options, now) };
}

function toRunAt({ delaySeconds, runAt }: SubmitOptions, now: number): number | undefined {
  if (delaySeconds !== undefined && runAt !== undefined) {
    throw invalid('/runAt', 'Expected either delaySeconds or runAt, got both.');
  }
  if (delaySeconds !== undefined) {
    if (!(Number.isFinite(delaySeconds) && delaySeconds >= 0)) {
      throw invalid('/delaySeconds', `Expected seconds from 0, got ${String(delaySeconds)}.`);
    }
    return now + Math.ceil(delaySeconds * 1_000);
  }
  if (runAt === undefined) {
    return undefined;
  }
  const at = runAt instanceof Date ? runAt.getTime() : parseTime(runAt);
  if (Number.isNaN(at)) {
    throw invalid(
      '/runAt',
      `Expected a date, or ISO 8601 with "Z" or an offset such as "2030-01-31T12:00:00Z", got ${String(runAt)}.`,
    );
  }
  return at;
}

/** Epoch milliseconds, or NaN. A time without an offset means another moment on every machine; a 30th of February none. */
function parseTime(text: string): number {
  const day = /^(\d{4}-\d\d-\d\d)T\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)$/.exec(text)?.[1];
  const midnight = Date.parse(`${day}T00:00:00Z`);
  const isDay = !Number.isNaN(midnight) && new Date(midnight).toISOString().startsWith(String(day));
  return isDay ? Date.parse(text) : Number.NaN;
}

function invalid(pointer: string, message: string): SubmitError {
  return new SubmitError('invalid-input', `The job cannot be accepted: ${pointer}: ${message}`, {
    issues: [{ pointer, message }],
  });
}
