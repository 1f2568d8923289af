import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
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
  /** Ends it by npm, or by another of its processes. Resolves with the milliseconds until everything was gone. */
  readonly end: (signal: 'SIGKILL' | 'SIGTERM', victim?: number) => Promise<number>;
}

export interface StackProcessOptions {
  /** Directory of the CDK project, whose `npm start` is then that of the product itself. */
  readonly app: string;
  /** Where everything lies that survives it. */
  readonly directory: string;
  readonly onLine: (text: string) => void;
}

/** `npm start`, in processes of its own. Rejects with its log if it is never ready. */
export async function startStackProcess({ app, directory, onLine }: StackProcessOptions): Promise<StackProcess> {
  const home = join(directory, 'npm');
  const data = join(directory, 'data');
  await mkdir(home, { recursive: true });
  const start = `cd '${app}' && exec '${process.execPath}' '${COMMAND}' dev`;
  await writeFile(join(home, 'package.json'), JSON.stringify({ scripts: { start } }));
  const child = spawn('npm', ['start', '--silent', '--', '--port', '0', '--json', '--data', data], {
    cwd: home,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const log: string[] = [];
  createInterface({ input: child.stderr }).on('line', (line) => {
    log.push(line);
    if (log.length > 80) log.splice(0, 40);
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
  const pid = child.pid ?? 0;
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
    end: async (signal, victim = pid) => {
      const pids = listDescendants(pid);
      const from = Date.now();
      process.kill(victim, signal);
      await exited;
      while (pids.some((one) => readProcess(one) !== undefined)) await new Promise((again) => setTimeout(again, 10));
      return Date.now() - from;
    },
  };
}

const hasExited = (child: ChildProcess): boolean => child.exitCode !== null || child.signalCode !== null;
