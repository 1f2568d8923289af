import { execFileSync } from 'node:child_process';
import { median } from '../../../bench/figure.ts';
import type { Part, StackProcess } from '../stack-process.ts';

interface Sample {
  readonly at: number;
  /** By role: megabytes of each process. */
  readonly rss: ReadonlyMap<string, readonly number[]>;
}

/** Memory of one role at three times, in megabytes: of its largest process. */
export interface MemoryRow {
  readonly role: string;
  readonly processes: number;
  readonly start: number;
  readonly middle: number;
  readonly end: number;
  readonly isFlat: boolean;
}

/** Garbage comes and goes: a time is what lies in this share of a run around it. */
const AROUND = 0.1;
const MAX_GROWTH = 1.15;
const MAX_GROWTH_MB = 15;

/** Resident memory of every process of a stack, and of this one, which submits. */
export class MemorySamples {
  private readonly stack: StackProcess;
  private readonly samples: Sample[] = [];

  constructor(stack: StackProcess) {
    this.stack = stack;
  }

  take(): void {
    const parts = [...this.stack.list().map((part) => ({ pid: part.pid, role: roleOf(part) }))];
    const sizes = readSizes([this.stack.pid, process.pid, ...parts.map(({ pid }) => pid)]);
    const rss = new Map<string, number[]>();
    const all = [{ pid: this.stack.pid, role: 'npm' }, { pid: process.pid, role: 'submitter' }, ...parts];
    for (const { pid, role } of all) {
      const size = sizes.get(pid);
      if (size !== undefined) rss.set(role, [...(rss.get(role) ?? []), size]);
    }
    this.samples.push({ at: Date.now(), rss });
  }

  /** The start is the first tenth of the time, so past the warming up of the first seconds. */
  summarize(): readonly MemoryRow[] {
    const [from, until] = [this.samples[0]?.at ?? 0, this.samples.at(-1)?.at ?? 0];
    const roles = [...new Set(this.samples.flatMap(({ rss }) => [...rss.keys()]))];
    return roles.map((role) => {
      const largestIn = (low: number, high: number): number =>
        median(
          this.samples
            .filter(({ at }) => at >= from + (until - from) * low && at <= from + (until - from) * high)
            .flatMap(({ rss }) => (rss.has(role) ? [Math.max(...(rss.get(role) ?? []))] : [])),
        );
      const [start, middle, end] = [
        largestIn(0, AROUND),
        largestIn(0.5 - AROUND / 2, 0.5 + AROUND / 2),
        largestIn(1 - AROUND, 1),
      ];
      const processes = Math.max(...this.samples.map(({ rss }) => rss.get(role)?.length ?? 0));
      const isFlat = end <= Math.max(middle * MAX_GROWTH, middle + MAX_GROWTH_MB);
      return { role, processes, start, middle, end, isFlat };
    });
  }
}

function roleOf({ kind, command }: Part): string {
  if (kind === 'engine') return /dynamodb/.test(command) ? 'DynamoDB engine' : 'SQS and S3 engine';
  if (kind !== 'other') return kind;
  return /esbuild/.test(command) ? 'bundler' : 'reaper';
}

/** Megabytes by process id; whoever has ended meanwhile is missing. */
function readSizes(pids: readonly number[]): ReadonlyMap<number, number> {
  const rows = execFileSync('ps', ['-A', '-o', 'pid=,rss='], { encoding: 'utf8' }).trim().split('\n');
  const sizes = rows.map((row) => row.trim().split(/\s+/).map(Number));
  return new Map(sizes.flatMap(([pid = 0, kb = 0]) => (pids.includes(pid) && kb > 0 ? [[pid, kb / 1_024]] : [])));
}
