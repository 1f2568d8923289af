import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process';
import { SpawnError } from './errors.ts';
import { readLines } from './output-lines.ts';
import { signalGroup, signalProcess } from './process-group.ts';
import { Reaper } from './reaper.ts';

/** How long the output of a process that has ended may take to arrive. */
const OUTPUT_DRAIN_MS = 500;

export interface OutputLine {
  readonly stream: 'stdout' | 'stderr';
  readonly text: string;
}

export interface SpawnOptions {
  /** Names the process in errors and logs. */
  readonly name: string;
  /** @default the Node that runs us */
  readonly command?: string;
  readonly args: readonly string[];
  /** The whole environment: nothing of ours is inherited. */
  readonly env: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly onLine?: (line: OutputLine) => void;
  /** Opens Node's message channel; the child then hears `disconnect` when we die. */
  readonly onMessage?: (message: unknown) => void;
}

/** `code` is null if a signal ended the process. */
export interface ChildExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface Child {
  readonly name: string;
  readonly pid: number;
  /** Settles once the process has ended and its output has arrived; never rejects. */
  readonly exited: Promise<ChildExit>;
  /** Sends over the message channel; silently lost if the child has ended. */
  readonly send: (message: object) => void;
  /** Ends the process and everything that it started, at once. */
  readonly kill: () => void;
  /** Asks with SIGTERM and kills after `graceMs`. */
  readonly stop: (options: { readonly graceMs: number }) => Promise<ChildExit>;
}

export interface Spawner {
  readonly spawn: (options: SpawnOptions) => Child;
}

/** Starts every child of the runtime, such that none outlives it: see {@link Reaper}. */
export class ChildSpawner implements Spawner {
  private readonly reaper = new Reaper();

  get reaperPid(): number | undefined {
    return this.reaper.pid;
  }

  spawn(options: SpawnOptions): Child {
    const command = options.command ?? process.execPath;
    const stdio: StdioOptions = ['ignore', 'pipe', 'pipe'];
    if (options.onMessage !== undefined) {
      stdio.push('ipc');
    }
    const child = spawn(command, options.args, {
      stdio,
      detached: true,
      env: { ...options.env },
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    });
    // Without a listener a failed start or a message to a dead child would end the runtime.
    child.on('error', () => {});
    if (child.pid === undefined) {
      throw new SpawnError(options.name, command);
    }
    this.reaper.add(child.pid);
    const { onLine, onMessage } = options;
    for (const stream of ['stdout', 'stderr'] as const) {
      const output = child[stream];
      if (output !== null && output !== undefined) {
        readLines(output, (text) => onLine?.({ stream, text }));
      }
    }
    if (onMessage !== undefined) {
      child.on('message', onMessage);
    }
    return this.watch(options.name, child, child.pid);
  }

  /** Kills what still runs. */
  async close(): Promise<void> {
    await this.reaper.close();
  }

  private watch(name: string, child: ChildProcess, pid: number): Child {
    const exited = new Promise<ChildExit>((resolve) => {
      child.once('exit', (code, signal) => {
        // What the process has started and left behind ends with it.
        signalGroup(pid, 'SIGKILL');
        this.reaper.remove(pid);
        const drained = setTimeout(() => resolve({ code, signal }), OUTPUT_DRAIN_MS);
        child.once('close', () => {
          clearTimeout(drained);
          resolve({ code, signal });
        });
      });
    });
    const isRunning = (): boolean => child.exitCode === null && child.signalCode === null;
    const kill = (): void => {
      if (isRunning()) {
        signalGroup(pid, 'SIGKILL');
      }
    };
    return {
      name,
      pid,
      exited,
      send: (message) => {
        if (child.connected) {
          child.send(message, () => {});
        }
      },
      kill,
      stop: async ({ graceMs }) => {
        if (isRunning()) {
          signalProcess(pid, 'SIGTERM');
        }
        const deadline = setTimeout(kill, graceMs);
        try {
          return await exited;
        } finally {
          clearTimeout(deadline);
        }
      },
    };
  }
}
