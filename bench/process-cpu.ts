import { readdirSync, readFileSync } from 'node:fs';

/** Of `/proc`: the kernel counts in ticks, a hundred a second on every usual Linux. */
const TICK_MS = 10;

interface ProcessTimes {
  readonly parent: number;
  readonly cpuMs: number;
}

/**
 * Milliseconds of CPU that this process and all below it have used so far: what other work on the machine distorts least. NaN where there is
 * no `/proc`. Processes that have ended are missing, so it is for times in which none ends.
 */
export function readCpuOfAll(): number {
  const all = new Map(readProcessIds().flatMap((pid) => readTimes(pid)));
  const isOurs = (pid: number): boolean => {
    const parent = all.get(pid)?.parent;
    return pid === process.pid || (parent !== undefined && isOurs(parent));
  };
  const ours = [...all].filter(([pid]) => isOurs(pid));
  return ours.length === 0 ? Number.NaN : ours.reduce((sum, [, { cpuMs }]) => sum + cpuMs, 0);
}

function readProcessIds(): readonly number[] {
  try {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map(Number);
  } catch {
    return [];
  }
}

/** Nothing for a process that has just ended. See proc_pid_stat(5): the name in parentheses may hold anything. */
function readTimes(pid: number): readonly (readonly [number, ProcessTimes])[] {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return [[pid, { parent: Number(fields[1]), cpuMs: (Number(fields[11]) + Number(fields[12])) * TICK_MS }]];
  } catch {
    return [];
  }
}
