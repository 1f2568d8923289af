import { execFileSync } from 'node:child_process';

/** The process ids below a process that exist now; functions start later than the rest. */
export function listDescendants(pid: number): readonly number[] {
  const rows = execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' })
    .trim()
    .split('\n')
    .map((row) => row.trim().split(/\s+/).map(Number));
  const childrenOf = (parent: number): readonly number[] =>
    rows.filter(([, ppid]) => ppid === parent).flatMap(([child]) => [child ?? 0, ...childrenOf(child ?? 0)]);
  return childrenOf(pid);
}
