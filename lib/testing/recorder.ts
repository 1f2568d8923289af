import type { Change, Job, Logger, Notice, RunningJob, Telemetry } from '../core/index.ts';

/** What a pipeline told operators, in order. */
export interface Recorder extends Telemetry {
  readonly submissions: readonly Job[];
  readonly claims: readonly RunningJob[];
  readonly changes: readonly Change[];
  readonly notices: readonly { readonly notice: Notice; readonly fields: Readonly<Record<string, unknown>> }[];
  /** How often something was noticed. */
  countOf(notice: Notice): number;
  totals(): Totals;
}

/** Jobs that came in and jobs that ended, as a dashboard counts them. */
export interface Totals {
  readonly submitted: number;
  readonly reopened: number;
  readonly completed: number;
  readonly failed: number;
  readonly canceled: number;
}

export function createRecorder(): Recorder {
  const submissions: Job[] = [];
  const claims: RunningJob[] = [];
  const changes: Change[] = [];
  const notices: { readonly notice: Notice; readonly fields: Readonly<Record<string, unknown>> }[] = [];
  const endedAs = (status: Job['status']): number =>
    changes.filter(({ event, after }) => after.status === status && event !== 'move-lane').length;
  return {
    submissions,
    claims,
    changes,
    notices,
    submitted: (job) => submissions.push(job),
    claimed: (job) => claims.push(job),
    accepted: (change) => changes.push(change),
    noticed: (notice, fields) => notices.push({ notice, fields }),
    countOf: (name) => notices.filter(({ notice }) => notice === name).length,
    totals: () => ({
      submitted: submissions.length,
      reopened: changes.filter(({ event }) => event === 'retry' || event === 'redrive').length,
      completed: endedAs('completed'),
      failed: endedAs('failed'),
      canceled: endedAs('canceled'),
    }),
  };
}

export interface LogLine {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** A logger that keeps its lines. */
export function createFakeLogger(): Logger & { readonly lines: readonly LogLine[] } {
  const lines: LogLine[] = [];
  const log =
    (level: LogLine['level']): Logger['info'] =>
    (message, fields = {}) => {
      lines.push({ level, message, fields });
    };
  return { lines, debug: log('debug'), info: log('info'), warn: log('warn'), error: log('error') };
}
