import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { readProcess } from '../../../lib/local/processes/index.ts';
import type { StackAddress } from '../../../lib/local/stack/index.ts';

const COMMAND = fileURLToPath(new URL('../../../dist/bin/async-endpoints.js', import.meta.url));
const APP = fileURLToPath(new URL('../soak-app', import.meta.url));

/** What may be killed one by one: the processes of functions and engines, by what they run. */
const FUNCTION = /lambda\/bootstrap\/main\.js/;
const ENGINE = /local\/engines\/[a-z0-9-]+-process\.js/;

interface Killable {
  readonly pid: number;
  readonly kind: 'function' | 'engine';
}

export interface StackProcess {
  readonly address: StackAddress;
  readonly exited: Promise<void>;
  readonly hasExited: () => boolean;
  /** The processes that it has started and that run now. */
  readonly list: () => readonly Killable[];
  /** Resolves once it and everything that it started are gone. */
  readonly end: (signal: 'SIGKILL' | 'SIGTERM') => Promise<void>;
}

/** What `npm start` runs, in a process of its own. Rejects with its log if it is never ready. */
export async function startStackProcess(data: string, onLine: (text: string) => void): Promise<StackProcess> {
  const child = spawn(process.execPath, [COMMAND, 'dev', '--port', '0', '--json', '--data', data], {
    cwd: APP,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const log: string[] = [];
  createInterface({ input: child.stderr }).on('line', (line) => {
    log.push(line);
    log.splice(0, log.length - 40);
    onLine(line);
  });
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const address = await new Promise<StackAddress>((resolve, reject) => {
    createInterface({ input: child.stdout as Readable }).on('line', (line) => resolve(JSON.parse(line)));
    exited.then(
      () => reject(new Error(`The stack ended before it was ready:\n${log.join('\n')}`)),
      () => {},
    );
  });
  return {
    address,
    exited,
    hasExited: () => hasExited(child),
    list: () =>
      listDescendants(child.pid ?? 0).flatMap((pid): readonly Killable[] => {
        const command = readProcess(pid)?.command ?? '';
        if (FUNCTION.test(command)) return [{ pid, kind: 'function' }];
        return ENGINE.test(command) ? [{ pid, kind: 'engine' }] : [];
      }),
    end: async (signal) => {
      const pids = listDescendants(child.pid ?? 0);
      child.kill(signal);
      await exited;
      while (pids.some((pid) => readProcess(pid) !== undefined)) await new Promise((again) => setTimeout(again, 10));
    },
  };
}

const hasExited = (child: ChildProcess): boolean => child.exitCode !== null || child.signalCode !== null;

function listDescendants(pid: number): readonly number[] {
  const rows = execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' })
    .trim()
    .split('\n')
    .map((row) => row.trim().split(/\s+/).map(Number));
  const childrenOf = (parent: number): readonly number[] =>
    rows.filter(([, ppid]) => ppid === parent).flatMap(([child]) => [child ?? 0, ...childrenOf(child ?? 0)]);
  return childrenOf(pid);
}
