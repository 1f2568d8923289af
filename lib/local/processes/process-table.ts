import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** A process as the system lists it. `startedAt` tells it from a later process with the same id; its format is the system's. */
export interface ListedProcess {
  readonly pid: number;
  readonly parentPid: number;
  readonly startedAt: string;
  readonly command: string;
}

/** Answers undefined for a process that does not exist, or has ended and only waits for its parent to notice. */
export type ReadProcess = (pid: number) => ListedProcess | undefined;

/** Fields of `/proc/<pid>/stat` behind the command's name: state, parent, and the start time as the twentieth. */
const STAT_STATE = 0;
const STAT_PARENT = 1;
const STAT_START_TIME = 19;

const readFromProc: ReadProcess = (pid) => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name stands in parentheses and may hold anything, a parenthesis too.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (fields[STAT_STATE] === 'Z' || fields[STAT_STATE] === 'X') {
      return undefined;
    }
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
    return { pid, parentPid: Number(fields[STAT_PARENT]), startedAt: fields[STAT_START_TIME] ?? '', command };
  } catch {
    return undefined;
  }
};

/** `lstart` prints five words. */
const PS_LINE = /^\s*(\d+)\s+(\S+)\s+(\S+\s+\S+\s+\S+\s+\S+\s+\S+)\s+(.*)$/;

const readFromPs: ReadProcess = (pid) => {
  try {
    const line = execFileSync('ps', ['-o', 'ppid=,state=,lstart=,command=', '-p', String(pid)], {
      encoding: 'utf8',
      env: { LC_ALL: 'C', PATH: '/bin:/usr/bin' },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const [, parentPid, state, startedAt, command] = PS_LINE.exec(line) ?? [];
    if (parentPid === undefined || startedAt === undefined || command === undefined || state?.startsWith('Z')) {
      return undefined;
    }
    return { pid, parentPid: Number(parentPid), startedAt, command: command.trim() };
  } catch {
    return undefined;
  }
};

export const readProcess: ReadProcess = process.platform === 'linux' ? readFromProc : readFromPs;
