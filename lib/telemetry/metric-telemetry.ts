import {
  type Change,
  FAILURE_REASONS,
  isFinal,
  type JobFields,
  METRIC_UNITS,
  type MetricName,
  SUBMITTED_UNCOUNTED,
  type Telemetry,
} from '../core/index.ts';
import type { MetricLines } from './metric-lines.ts';

export interface MetricTelemetryOptions {
  readonly lines: MetricLines;
  /**
   * Publish at each job's end instead of at the invocation's. For a process in which handlers run: one of them may end it at
   * any time, and jobs that had ended by then must not be missing from the counts.
   */
  readonly endsAtOnce?: boolean;
}

export interface MetricTelemetry extends Telemetry {
  /** The producer went round: how long the job that has been due for longest has waited, 0 when none is due. */
  swept(oldestDueAgeMs: number): void;
  /** Writes down what was counted since the last time. At the end of every invocation, also of one that throws, and before. */
  publish(): void;
}

/**
 * Counts and latencies. Called for accepted writes only, so the counts add up with the table: submitted + reopened = completed + failed + canceled +
 * live, short by what a process was at when it died: docs/decisions/0019-what-a-lost-answer-costs.md.
 */
export function createMetricTelemetry({ lines, endsAtOnce = false }: MetricTelemetryOptions): MetricTelemetry {
  // Summed up here: CloudWatch would take a list of ones, at a longer line each.
  const counts = new Map<MetricName, number>();
  const count = (name: MetricName): void => void counts.set(name, (counts.get(name) ?? 0) + 1);
  const measure = (name: MetricName, value: number): void => {
    lines.addMetric(name, METRIC_UNITS[name], Math.max(0, value));
  };
  const publish = (): void => {
    for (const [name, value] of counts) lines.addMetric(name, METRIC_UNITS[name], value);
    counts.clear();
    if (lines.hasStoredMetrics()) lines.publishStoredMetrics();
  };

  return {
    submitted: () => count('JobsSubmitted'),
    claimed: (job) => {
      const { attempt, startedAt, dueAt } = job;
      if (isFirstAfterUncounted(job)) count('JobsSubmitted');
      if (attempt === 1) measure('SubmitToStart', startedAt - dueAt);
    },
    accepted: (change) => {
      for (const name of countedBy(change)) count(name);
      const durationMs = durationOf(change);
      if (durationMs !== undefined) measure('HandlerDuration', durationMs);
      if (endsAtOnce && isFinal(change.after.status)) publish();
    },
    noticed: (notice) => count(notice),
    swept: (oldestDueAgeMs) => measure('OldestDueAge', oldestDueAgeMs / 1_000),
    publish,
  };
}

const ENDED = { completed: 'JobsCompleted', failed: 'JobsFailed', canceled: 'JobsCanceled' } as const;

function countedBy({ event, set, after }: Change): readonly MetricName[] {
  const names: MetricName[] = [];
  if (set.history !== undefined && isFirstAfterUncounted(after)) names.push('JobsSubmitted');
  // A job that was final already is put in order, not ended again.
  if (isFinal(after.status) && event !== 'move-lane') names.push(ENDED[after.status]);
  if (event === 'retry' || event === 'redrive') names.push('JobsReopened');
  // A run that failed while somebody wanted it canceled is charged nothing.
  if (event === 'fail' && set.failures !== undefined) names.push('Failures');
  // Neither is a lease that ended among others: nobody can tell whose fault that was.
  if (event === 'lease-ended' && after.history.at(-1)?.detail === FAILURE_REASONS.crashed) names.push('Crashes');
  return names;
}

/**
 * Of a write that added a line to the history: whether it is the second one, of a job whose submit nobody has counted. There is
 * one such write in the life of a job, whoever makes it. Why: docs/decisions/0013-the-first-change-counts-the-submit.md.
 */
function isFirstAfterUncounted({ history }: Pick<JobFields, 'history'>): boolean {
  return history.length === 2 && history[0]?.detail === SUBMITTED_UNCOUNTED;
}

/** How long a handler ran, told when its run has ended with a word. A type without a handler ran nothing. */
function durationOf({ event, after }: Change): number | undefined {
  const endedAt = after.history.at(-1)?.at;
  const isEnd = event === 'complete' || event === 'fail' || event === 'interrupt';
  return isEnd && endedAt !== undefined && after.startedAt !== undefined ? endedAt - after.startedAt : undefined;
}
