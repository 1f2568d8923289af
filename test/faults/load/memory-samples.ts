import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { median } from '../../../bench/figure.ts';
import type { Part, StackProcess } from '../stack-process.ts';

interface Sample {
  readonly at: number;
  /** By role: of each process. */
  readonly sizes: ReadonlyMap<string, readonly Size[]>;
}

/** Resident megabytes of a process. */
interface Size {
  /** What it has allocated. */
  readonly own: number;
  /** Files that it has mapped: a database's, above all. They grow with what is kept, and the system takes them back when it needs to. */
  readonly mapped: number;
}

/** Memory of one role at three times, in megabytes: of its largest process, mapped files left out. */
export interface MemoryRow {
  readonly role: string;
  readonly processes: number;
  readonly start: number;
  readonly middle: number;
  readonly end: number;
  /** The most that any of its processes had mapped. */
  readonly mapped: number;
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
    const sizes = new Map<string, Size[]>();
    const all = [{ pid: this.stack.pid, role: 'npm' }, { pid: process.pid, role: 'submitter' }, ...parts];
    for (const { pid, role } of all) {
      const size = readSize(pid);
      if (size !== undefined) sizes.set(role, [...(sizes.get(role) ?? []), size]);
    }
    this.samples.push({ at: Date.now(), sizes });
  }

  /** The start is the first tenth of the time, so past the warming up of the first seconds. */
  summarize(): readonly MemoryRow[] {
    const [from, until] = [this.samples[0]?.at ?? 0, this.samples.at(-1)?.at ?? 0];
    const roles = [...new Set(this.samples.flatMap(({ sizes }) => [...sizes.keys()]))];
    return roles.map((role) => {
      const largestIn = (low: number, high: number): number =>
        median(
          this.samples
            .filter(({ at }) => at >= from + (until - from) * low && at <= from + (until - from) * high)
            .flatMap(({ sizes }) =>
              sizes.has(role) ? [Math.max(...(sizes.get(role) ?? []).map(({ own }) => own))] : [],
            ),
        );
      const [start, middle, end] = [
        largestIn(0, AROUND),
        largestIn(0.5 - AROUND / 2, 0.5 + AROUND / 2),
        largestIn(1 - AROUND, 1),
      ];
      const processes = Math.max(...this.samples.map(({ sizes }) => sizes.get(role)?.length ?? 0));
      const mapped = Math.max(
        ...this.samples.flatMap(({ sizes }) => (sizes.get(role) ?? []).map((size) => size.mapped)),
      );
      const isFlat = end <= Math.max(middle * MAX_GROWTH, middle + MAX_GROWTH_MB);
      return { role, processes, start, middle, end, mapped, isFlat };
    });
  }
}

function roleOf({ kind, command }: Part): string {
  if (kind === 'engine') return /dynamodb/.test(command) ? 'DynamoDB engine' : 'SQS and S3 engine';
  if (kind !== 'other') return kind;
  return /esbuild/.test(command) ? 'bundler' : 'reaper';
}

/** Undefined for a process that has ended meanwhile. Where the system does not tell them apart, all counts as its own. */
function readSize(pid: number): Size | undefined {
  try {
    if (process.platform !== 'linux') {
      const kb = Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' }));
      return { own: kb / 1_024, mapped: 0 };
    }
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const mbOf = (name: string): number =>
      Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? 0) / 1_024;
    return { own: mbOf('RssAnon'), mapped: mbOf('RssFile') };
  } catch {
    return undefined;
  }
}
