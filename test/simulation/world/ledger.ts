import { isFinal, type JobFields } from '../../../lib/core/index.ts';
import type { Acknowledgement, HandlerEnd, HandlerRun, Wish } from './observed.ts';
import type { Process } from './process.ts';

/**
 * What really was asked and what really happened, whatever the table says: who wanted what, which handlers ran and how they ended,
 * which numbers were drawn, and which submits were accepted.
 */
export class Ledger {
  readonly acknowledged: Acknowledgement[] = [];
  /** The records as the table has them, by id. */
  readonly records = new Map<string, JobFields>();
  /** What submitters and persons were started for. */
  readonly wishes = new Map<Process, Wish>();
  /** How often a person moved all dead letters back. */
  redrives = 0;
  /** The random numbers that each process drew. */
  private readonly draws = new Map<Process, number[]>();
  /** The jobs of the messages that each process was given, one for each message. */
  private readonly delivered = new Map<Process, readonly string[]>();
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

  end(run: HandlerRun, { how, ...came }: HandlerEnd, at: number): void {
    Object.assign(run, { ended: how, endedAt: at, ...came });
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

  /** The jobs whose handlers ran beside a run that did not end: when its process died, or now. */
  besideOf(run: HandlerRun): readonly string[] {
    const together = this.running.get(run.process);
    return (
      run.diedAmong ??
      (together?.has(run) === true ? [...together].filter((other) => other !== run).map(({ jobId }) => jobId) : [])
    );
  }

  deliver(process: Process, jobIds: readonly string[]): void {
    this.delivered.set(process, jobIds);
  }

  /** How many of the messages that a process was given are about a job. */
  copiesOf(process: Process, jobId: string): number {
    return (this.delivered.get(process) ?? []).filter((id) => id === jobId).length;
  }

  /** Keeps a number that a process drew, and returns it. */
  drew(process: Process, drawn: number): number {
    const draws = this.draws.get(process);
    if (draws === undefined) {
      this.draws.set(process, [drawn]);
    } else {
      draws.push(drawn);
    }
    return drawn;
  }

  /** The least number that a process drew; 1, which is more than all that can be drawn, if it drew none. */
  leastDrawn(process: Process): number {
    return Math.min(1, ...(this.draws.get(process) ?? []));
  }

  /** Whether a handler is under way in a process. */
  isAtWork(process: Process): boolean {
    return (this.running.get(process)?.size ?? 0) > 0;
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
