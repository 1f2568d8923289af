import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { readProcess } from '../../lib/local/processes/index.ts';
import type { StackAddress } from '../../lib/local/stack/index.ts';
import { listDescendants } from '../local/stack/descendants.ts';

const COMMAND = fileURLToPath(new URL('../../dist/bin/async-endpoints.js', import.meta.url));

/** What a stack consists of beside npm, by what its processes run. */
const KINDS = [
  { kind: 'function', command: /lambda\/bootstrap\/main\.js/ },
  { kind: 'engine', command: /local\/engines\/[a-z0-9-]+-process\.js/ },
  { kind: 'runtime', command: /bin\/async-endpoints\.js dev/ },
  // What watches over the others, or is on its way to becoming one of them.
  { kind: 'other', command: /./ },
] as const;

export interface Part {
  readonly pid: number;
  readonly kind: (typeof KINDS)[number]['kind'];
  readonly command: string;
}

export interface StackProcess {
  readonly address: StackAddress;
  readonly exited: Promise<void>;
  readonly hasExited: () => boolean;
  /** Of npm, the parent of all. */
  readonly pid: number;
  /** The processes that it has started and that run now. */
  readonly list: () => readonly Part[];
  /** Ends it by npm, or by another of its processes or groups. Resolves with the milliseconds until everything was gone. */
  readonly end: (signal: 'SIGKILL' | 'SIGTERM', victim?: number) => Promise<number>;
  /** Ends it for good: in order, or all of it at once when its signal is aborted. */
  readonly close: () => Promise<unknown>;
}

export interface StackProcessOptions {
  /** Directory of the CDK project, whose `npm start` is then that of the product itself. */
  readonly app: string;
  /** Where everything lies that survives it. */
  readonly directory: string;
  readonly onLine: (text: string) => void;
  /** Aborted, it gives the start up. */
  readonly signal: AbortSignal;
}

/**
 * `npm start`, in processes of its own, which no Ctrl-C reaches and which end with this one, however it ends. Rejects with its log if it
 * is never ready, and leaves nothing behind then.
 */
export async function startStackProcess(options: StackProcessOptions): Promise<StackProcess> {
  const { app, directory, onLine, signal: given } = options;
  given.throwIfAborted();
  const home = join(directory, 'npm');
  const data = join(directory, 'data');
  await mkdir(home, { recursive: true });
  const start = `cd '${app}' && exec '${process.execPath}' '${COMMAND}' dev`;
  await writeFile(join(home, 'package.json'), JSON.stringify({ scripts: { start } }));
  const child = spawn('npm', ['start', '--silent', '--', '--port', '0', '--json', '--data', data], {
    cwd: home,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const pid = child.pid ?? 0;
  // Of npm, its shell and the runtime, whose reaper then ends the rest: a runtime that has just begun does not yet miss npm.
  const group = -pid;
  const killAll = (): unknown => process.kill(group, 'SIGKILL');
  process.once('exit', killAll);
  const log: string[] = [];
  createInterface({ input: child.stderr }).on('line', (line) => {
    log.push(line);
    if (log.length > 80) log.splice(0, 40);
    onLine(line);
  });
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  exited.then(
    () => process.off('exit', killAll),
    () => {},
  );
  const end: StackProcess['end'] = async (signal, victim = pid) => {
    const pids = listDescendants(pid);
    const from = Date.now();
    if (!hasExited(child)) process.kill(victim, signal);
    await exited;
    while (pids.some((one) => readProcess(one) !== undefined)) await delay(10);
    return Date.now() - from;
  };
  const ready = new Promise<StackAddress>((resolve, reject) => {
    createInterface({ input: child.stdout as Readable }).on('line', (line) => resolve(JSON.parse(line)));
    given.addEventListener('abort', () => reject(given.reason), { once: true });
    exited.then(
      () => reject(new Error(`The stack ended before it was ready:\n${log.join('\n')}`)),
      () => {},
    );
  });
  const address = await ready.catch(async (error: unknown) => {
    await end('SIGKILL', group);
    throw error;
  });
  return {
    address,
    exited,
    hasExited: () => hasExited(child),
    pid,
    list: () =>
      listDescendants(pid).flatMap((descendant): readonly Part[] => {
        const command = readProcess(descendant)?.command ?? '';
        const kind = KINDS.find((one) => one.command.test(command))?.kind;
        return kind === undefined ? [] : [{ pid: descendant, kind, command }];
      }),
    end,
    close: () => (given.aborted ? end('SIGKILL', group) : end('SIGTERM')),
  };
}

const hasExited = (child: ChildProcess): boolean => child.exitCode !== null || child.signalCode !== null;
