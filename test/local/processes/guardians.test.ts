import { spawn } from 'node:child_process';
import { describe, expect, it, vi } from 'vitest';
import { type ListedProcess, listGuardians, readProcess, watchGuardians } from '../../../lib/local/processes/index.ts';

const listed = (pid: number, parentPid: number, command: string): ListedProcess => ({
  pid,
  parentPid,
  command,
  startedAt: `start of ${pid}`,
});

const reading =
  (...processes: readonly ListedProcess[]) =>
  (pid: number) =>
    processes.find((candidate) => candidate.pid === pid);

const pidsOf = (processes: readonly ListedProcess[]) => processes.map(({ pid }) => pid);

describe('the guardians of a process', () => {
  it.each([
    'npm start',
    'npm exec async-endpoints dev',
    '/usr/bin/node /usr/lib/node_modules/npm/bin/npm-cli.js start',
    'node /usr/local/bin/npx async-endpoints dev',
    'node /home/me/.yarn/yarn.cjs start',
  ])('reach up to %s', (command) => {
    const read = reading(
      listed(40, 30, 'node dist/bin/async-endpoints.js dev'),
      listed(30, 20, 'sh -c node dist/bin/async-endpoints.js dev'),
      listed(20, 10, command),
      listed(10, 1, 'bash'),
    );

    expect(pidsOf(listGuardians(40, read))).toEqual([30, 20]);
  });

  it('are the parent alone when nothing above is a package runner', () => {
    const read = reading(listed(40, 30, 'node x'), listed(30, 20, 'bash'), listed(20, 1, 'vim /home/npmfan/notes'));

    expect(pidsOf(listGuardians(40, read))).toEqual([30]);
  });

  it('are nobody for a process that the system itself started', () => {
    expect(listGuardians(40, reading(listed(40, 1, 'node x'), listed(1, 0, 'init')))).toEqual([]);
  });
});

describe('the watch', () => {
  it('tells once which guardian is gone', async () => {
    const shell = listed(30, 20, 'sh');
    const npm = listed(20, 10, 'npm start');
    const alive = new Map([
      [30, shell],
      [20, npm],
    ]);
    const onVanished = vi.fn();
    watchGuardians({ guardians: [shell, npm], onVanished, intervalMs: 1, read: (pid) => alive.get(pid) });
    expect(onVanished).not.toHaveBeenCalled();

    // Another process has got the number since.
    alive.set(20, { ...npm, startedAt: 'later' });

    await vi.waitFor(() => expect(onVanished).toHaveBeenCalledExactlyOnceWith(npm));
  });
});

describe('the process table', () => {
  it('knows this process and its parent', () => {
    expect(readProcess(process.pid)).toMatchObject({ pid: process.pid, parentPid: process.ppid });
    expect(readProcess(process.pid)).toEqual(readProcess(process.pid));
  });

  it('does not know a process that has ended', async () => {
    const child = spawn(process.execPath, ['-e', '']);
    const pid = child.pid ?? 0;
    await new Promise((resolve) => child.once('exit', resolve));

    expect(readProcess(pid)).toBeUndefined();
  });
});
