import { isFinal, type JobFields, type Notice, SUBMITTED_UNCOUNTED, type Telemetry } from '../../../lib/core/index.ts';
import { createMetricTelemetry, type MetricTelemetry } from '../../../lib/telemetry/index.ts';
import type { AcceptedWrite } from './observed.ts';
import type { Process } from './process.ts';

const ENDED = { completed: 'JobsCompleted', failed: 'JobsFailed', canceled: 'JobsCanceled' } as const;
export const COUNTED = ['JobsSubmitted', 'JobsReopened', ...Object.values(ENDED), 'Failures', 'Crashes'] as const;
export type Counted = (typeof COUNTED)[number];
const ENDS: readonly Counted[] = Object.values(ENDED);

/** What a write counts as, by what the table had before and has after it. */
function countedIn(before: JobFields | undefined, after: JobFields): readonly Counted[] {
  if (before === undefined) {
    return [];
  }
  const counted: Counted[] = [];
  if (isFinal(before.status) && !isFinal(after.status)) counted.push('JobsReopened');
  if (!isFinal(before.status) && isFinal(after.status)) counted.push(ENDED[after.status]);
  if (after.failures > (before.failures ?? 0)) counted.push('Failures');
  if (after.crashes > (before.crashes ?? 0)) counted.push('Crashes');
  return counted;
}

/**
 * Counts of the same things: writes that landed, those of them that operators must be told of, and what they were told by the
 * telemetry of production.
 */
export class Meter {
  readonly landed = new Map<Counted, number>();
  readonly owed = new Map<Counted, number>();
  readonly told = new Map<Counted, number>();
  readonly notices = new Map<Notice, number>();
  private readonly uncounted = new Set<string>();
  private readonly metrics = new Map<Process, MetricTelemetry>();
  /** Of writes whose answers have reached the process. */
  private readonly answered = new Map<Process, Counted[]>();

  telemetryOf(process: Process): Telemetry {
    const metrics = this.metricsOf(process);
    return {
      ...metrics,
      noticed: (notice, fields) => {
        add(this.notices, notice);
        metrics.noticed(notice, fields);
      },
    };
  }

  /** What the process counts, as the functions do: a consumer tells ends at once. */
  metricsOf(process: Process): MetricTelemetry {
    const metrics = this.metrics.get(process) ?? this.createMetrics(process);
    this.metrics.set(process, metrics);
    return metrics;
  }

  /** Jobs that came past the API, and to which nothing has happened since. */
  get uncountedSubmits(): number {
    return this.uncounted.size;
  }

  /** The table accepted a write. Returns what it counts as. */
  land(event: AcceptedWrite['event'], before: JobFields | undefined, after: JobFields): readonly Counted[] {
    const counted = [
      ...(this.isSubmit(event, before, after) ? (['JobsSubmitted'] as const) : []),
      ...(event === 'raw-put' ? [] : countedIn(before, after)),
    ];
    for (const each of counted) add(this.landed, each);
    return counted;
  }

  /** Operators must hear of it, unless the process ends before its time. Of ends, a consumer's death is no excuse. */
  answer(process: Process, counted: readonly Counted[]): void {
    for (const each of counted) {
      if (process.kind === 'consumer' && ENDS.includes(each)) {
        add(this.owed, each);
      } else {
        const answered = this.answered.get(process) ?? [];
        answered.push(each);
        this.answered.set(process, answered);
      }
    }
  }

  /** The process did what it was started for: it must have told everything. */
  finish(process: Process): void {
    for (const each of this.answered.get(process) ?? []) add(this.owed, each);
    this.answered.delete(process);
  }

  /** What came past the API, by SDK or as a raw put, counts as submitted with the first thing that happens to it. */
  private isSubmit(event: AcceptedWrite['event'], before: JobFields | undefined, after: JobFields): boolean {
    if (event === 'raw-put' || after.history.at(-1)?.detail === SUBMITTED_UNCOUNTED) {
      this.uncounted.add(after.id);
      return false;
    }
    // The first write about a raw put fills in what it lacks.
    const isTakenIn = before !== undefined && before.createdAt === undefined;
    const happened = isTakenIn || after.history.length > (before?.history?.length ?? 0);
    return event === 'submit' || (happened && this.uncounted.delete(after.id));
  }

  private createMetrics(process: Process): MetricTelemetry {
    const stored: [name: string, value: number][] = [];
    return createMetricTelemetry({
      endsAtOnce: process.kind === 'consumer',
      lines: {
        addMetric: (name, _unit, value) => {
          stored.push([name, value]);
        },
        hasStoredMetrics: () => stored.length > 0,
        publishStoredMetrics: () => {
          for (const [name, value] of stored.splice(0)) {
            if (process.isAlive) add(this.told as Map<string, number>, name, value);
          }
        },
      },
    });
  }
}

function add<Key>(counts: Map<Key, number>, key: Key, value = 1): void {
  counts.set(key, (counts.get(key) ?? 0) + value);
}
