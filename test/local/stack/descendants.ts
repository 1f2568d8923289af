import { spawnSync } from 'node:child_process';

/** The process ids below a process that exist now; functions start later than the rest. */
export function listDescendants(pid: number): readonly number[] {
  const rows = listProcesses()
    .trim()
    .split('\n')
    .map((row) => row.trim().split(/\s+/).map(Number));
  const childrenOf = (parent: number): readonly number[] =>
    rows.filter(([, ppid]) => ppid === parent).flatMap(([child]) => [child ?? 0, ...childrenOf(child ?? 0)]);
  return childrenOf(pid);
}

/** A Ctrl-C reaches this program, too, and ends it before it has told anything: then it is asked again. */
function listProcesses(): string {
  for (;;) {
    const { stdout, stderr, signal, status, error } = spawnSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' });
    if (signal === null && status !== 0) {
      throw error ?? new Error(`ps ended with ${status}: ${stderr}`);
    }
    if (signal === null) {
      return stdout;
    }
  }
}
