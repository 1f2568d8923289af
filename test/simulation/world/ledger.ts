import { isFinal, type JobFields } from '../../../lib/core/index.ts';
import type { Acknowledgement, HandlerRun } from './observed.ts';
import type { Process } from './process.ts';

/** What really happened, whatever the table says: which handlers ran and how they ended, and which submits were accepted. */
export class Ledger {
  readonly acknowledged: Acknowledgement[] = [];
  /** The records as the table has them, by id. */
  readonly records = new Map<string, JobFields>();
  private readonly runs = new Map<string, HandlerRun>();
  private readonly running = new Map<Process, Set<HandlerRun>>();
  private live = 0;

  /** Jobs that are not final. */
  get liveCount(): number {
    return this.live;
  }

  put(after: JobFields, before: JobFields | undefined): void {
    this.records.set(after.id, after);
    this.live += Number(!isFinal(after.status)) - Number(before !== undefined && !isFinal(before.status));
  }

  start(run: HandlerRun): void {
    this.runs.set(runName(run.jobId, run.attempt), run);
    const beside = this.running.get(run.process) ?? new Set();
    this.running.set(run.process, beside.add(run));
  }

  end(run: HandlerRun, ended: NonNullable<HandlerRun['ended']>, result?: string): void {
    run.ended = ended;
    if (result !== undefined) {
      run.result = result;
    }
    this.running.get(run.process)?.delete(run);
  }

  /** A process died: what was under way in it died together. */
  died(process: Process): void {
    const together = [...(this.running.get(process) ?? [])];
    for (const run of together) {
      run.diedAmong = together.filter((other) => other !== run).map(({ jobId }) => jobId);
    }
    this.running.delete(process);
  }

  runOf(jobId: string, attempt: number): HandlerRun | undefined {
    return this.runs.get(runName(jobId, attempt));
  }

  /** Jobs that are not final. */
  liveJobs(): readonly JobFields[] {
    return [...this.records.values()].filter(({ status }) => !isFinal(status));
  }

  allRuns(): Iterable<HandlerRun> {
    return this.runs.values();
  }

  countRuns(): number {
    return this.runs.size;
  }

  /** When the next live job must be looked at. */
  earliestNextAt(): number {
    let earliest = Number.POSITIVE_INFINITY;
    for (const { status, nextAt } of this.records.values()) {
      if (!isFinal(status) && nextAt !== undefined) {
        earliest = Math.min(earliest, nextAt);
      }
    }
    return earliest;
  }
}

function runName(jobId: string, attempt: number): string {
  return `${jobId}/${attempt}`;
}
