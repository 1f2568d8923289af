import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { median } from '../../../bench/figure.ts';
import type { Part, StackProcess } from '../stack-process.ts';

export interface Sample {
  readonly at: number;
  /** By role: of each process. */
  readonly sizes: ReadonlyMap<string, readonly Size[]>;
}

/** Megabytes of a process. */
export interface Size {
  /** All of it that is in memory. */
  readonly resident: number;
  /** What it has allocated. The rest are files that it has mapped, which the system takes back when it needs to. */
  readonly own: number;
}

/** In megabytes; undefined where fewer than {@link FEWEST} samples have a process of the role. */
export interface Course {
  readonly start: number | undefined;
  readonly middle: number | undefined;
  readonly end: number | undefined;
}

/** Unknown where too little was seen of it. */
export type Growth = 'none' | 'grew' | 'unknown';

/** Memory of the largest process of one role. */
export interface MemoryRow {
  readonly role: string;
  readonly processes: number;
  readonly resident: Course;
  readonly own: Course;
  /** Of what its processes have allocated: a database's mapped files grow with what is kept. */
  readonly growth: Growth;
}

/** Garbage comes and goes, so each of the three times lasts a tenth of the run; the start is the tenth after that of the warming up. */
const TIMES = { start: [0.1, 0.2], middle: [0.45, 0.55], end: [0.9, 1] } as const;

/** Samples of one of those times, one a second: a tenth that is shorter is over before a process is warm, or full of garbage. */
const FEWEST = 10;

/** By how much the end may exceed an earlier time: by the share, or by the megabytes where these are more. */
export const MAX_GROWTH = { start: { share: 0.25, mb: 25 }, middle: { share: 0.15, mb: 15 } } as const;

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

  summarize(): readonly MemoryRow[] {
    return summarizeSamples(this.samples);
  }
}

export function summarizeSamples(samples: readonly Sample[]): readonly MemoryRow[] {
  const [from, until] = [samples[0]?.at ?? 0, samples.at(-1)?.at ?? 0];
  const during = ([low, high]: readonly [number, number]): readonly Sample[] =>
    samples.filter(({ at }) => at >= from + (until - from) * low && at <= from + (until - from) * high);
  const [atStart, inTheMiddle, atEnd] = [during(TIMES.start), during(TIMES.middle), during(TIMES.end)];
  const roles = [...new Set(samples.flatMap(({ sizes }) => [...sizes.keys()]))];
  return roles.map((role) => {
    const courseOf = (kind: keyof Size): Course => ({
      start: largest(atStart, role, kind),
      middle: largest(inTheMiddle, role, kind),
      end: largest(atEnd, role, kind),
    });
    const processes = Math.max(...samples.map(({ sizes }) => sizes.get(role)?.length ?? 0));
    const own = courseOf('own');
    return { role, processes, resident: courseOf('resident'), own, growth: growthOf(own) };
  });
}

/** Of its largest process, as a rule. */
function largest(samples: readonly Sample[], role: string, kind: keyof Size): number | undefined {
  const all = samples.flatMap(({ sizes }) => (sizes.has(role) ? [sizes.get(role) ?? []] : []));
  return all.length < FEWEST ? undefined : median(all.map((sizes) => Math.max(...sizes.map((size) => size[kind]))));
}

/** Judged by the one earlier time that is known where the other is not. */
export function growthOf(course: Course): Growth {
  const { end } = course;
  const growths = (['start', 'middle'] as const).flatMap((time) => {
    const [before, { share, mb }] = [course[time], MAX_GROWTH[time]];
    return before === undefined || end === undefined ? [] : [end > Math.max(before * (1 + share), before + mb)];
  });
  if (growths.length === 0) return 'unknown';
  return growths.includes(true) ? 'grew' : 'none';
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
      return { resident: kb / 1_024, own: kb / 1_024 };
    }
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const mbOf = (name: string): number =>
      Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? 0) / 1_024;
    return { resident: mbOf('VmRSS'), own: mbOf('RssAnon') };
  } catch {
    return undefined;
  }
}
