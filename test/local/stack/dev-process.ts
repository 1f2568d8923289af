import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { expect, vi } from 'vitest';
import { readProcess, resolveOwnEntry } from '../../../lib/local/processes/index.ts';
import type { StackAddress } from '../../../lib/local/stack/index.ts';
import { listDescendants } from './descendants.ts';

export type Ready = StackAddress & { readonly ready: true };

/** `async-endpoints dev` in a process of its own, however it was started. */
export interface DevProcess {
  /** What was started: the runtime itself, or the npm above it. */
  readonly child: ChildProcess;
  readonly ready: Ready;
  /** Of the runtime and everything below it. */
  readonly pids: readonly number[];
  readonly runtimePid: number;
  readonly stdout: readonly string[];
  readonly stderr: readonly string[];
  readonly exited: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
}

export interface DevOptions {
  readonly directory: string;
  /** Of the runtime, in the place of the system's. */
  readonly temporary?: string;
  readonly args?: readonly string[];
  /** Runs this command with the arguments of `dev` behind it, instead of the runtime directly. */
  readonly command?: readonly [string, ...string[]];
  /** Runs the script of this name with npm, instead of the runtime directly. */
  readonly npmScript?: string;
}

const started = new Set<DevProcess | { readonly child: ChildProcess; readonly pids: readonly number[] }>();

/** Resolves when it is ready, rejects with its errors if it never is. */
export async function startDev({
  directory,
  temporary,
  args = ['--memory'],
  npmScript,
  command: given,
}: DevOptions): Promise<DevProcess> {
  const devArgs = ['--port', '0', '--json', ...args];
  const own = [process.execPath, ...resolveOwnEntry(new URL('../../../bin/async-endpoints', import.meta.url)), 'dev'];
  const [command = '', ...commandArgs] =
    given ?? (npmScript === undefined ? own : ['npm', 'run', '--silent', npmScript, '--']);
  const child = spawn(command, [...commandArgs, ...devArgs], {
    cwd: directory,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...(temporary !== undefined && { TMPDIR: temporary }) },
  });
  started.add({ child, pids: [] });
  const stdout: string[] = [];
  const stderr: string[] = [];
  const exited = new Promise<Awaited<DevProcess['exited']>>((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }));
  });
  const ready = await new Promise<Ready>((resolve, reject) => {
    createInterface({ input: child.stdout as NonNullable<typeof child.stdout> }).on('line', (line) => {
      stdout.push(line);
      resolve(JSON.parse(line) as Ready);
    });
    createInterface({ input: child.stderr as NonNullable<typeof child.stderr> }).on('line', (line) => {
      stderr.push(line);
    });
    exited.then(
      (exit) => reject(new Error(`ended before it was ready: ${JSON.stringify(exit)}\n${stderr.join('\n')}`)),
      reject,
    );
  });
  const descendants = listDescendants(child.pid ?? 0);
  const runtimePid =
    npmScript === undefined && given === undefined
      ? (child.pid ?? 0)
      : (descendants.find((pid) => /^\S*node .*bin\/async-endpoints/.test(readProcess(pid)?.command ?? '')) ?? 0);
  const running = {
    child,
    ready,
    stdout,
    stderr,
    exited,
    runtimePid,
    pids: [runtimePid, ...listDescendants(runtimePid)],
  };
  started.add(running);
  return running;
}

export async function expectAllGone(pids: readonly number[], timeoutMs: number): Promise<void> {
  await vi.waitFor(() => expect(pids.filter((pid) => readProcess(pid) !== undefined)).toEqual([]), {
    timeout: timeoutMs,
    interval: 20,
  });
}

/** For the end of a test: nothing that one has started may be left. */
export function killAll(): void {
  for (const { child, pids } of started) {
    for (const pid of pids) {
      if (readProcess(pid) !== undefined) {
        process.kill(pid, 'SIGKILL');
      }
    }
    child.kill('SIGKILL');
  }
  started.clear();
}
