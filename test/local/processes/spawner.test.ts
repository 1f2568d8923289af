import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  ChildSpawner,
  type OutputLine,
  readProcess,
  resolveOwnEntry,
  SpawnError,
} from '../../../lib/local/processes/index.ts';

let spawner: ChildSpawner;

beforeEach(() => {
  spawner = new ChildSpawner();
});

afterEach(() => spawner.close());

const run = (script: string, onLine?: (line: OutputLine) => void) =>
  spawner.spawn({ name: 'script', args: ['-e', script], env: {}, ...(onLine && { onLine }) });

/** Resolves with the child once it has printed something. */
const runUntilLine = (script: string): Promise<{ readonly child: ReturnType<typeof run>; readonly text: string }> =>
  new Promise((resolve) => {
    const child = run(script, ({ text }) => resolve({ child, text }));
  });

const isGone = (pid: number): void => expect(readProcess(pid)).toBeUndefined();

describe('a child', () => {
  it('tells its output line by line, and how it ended', async () => {
    const lines: OutputLine[] = [];

    const child = run("console.log('one\\ntwo'); process.stdout.write('three'); console.error('four')", (line) =>
      lines.push(line),
    );

    expect(await child.exited).toEqual({ code: 0, signal: null });
    expect(lines.filter(({ stream }) => stream === 'stdout').map(({ text }) => text)).toEqual(['one', 'two', 'three']);
    expect(lines.filter(({ stream }) => stream === 'stderr').map(({ text }) => text)).toEqual(['four']);
  });

  it('inherits nothing from our environment', async () => {
    vi.stubEnv('SECRET_OF_THE_RUNTIME', 'yes');
    const lines: string[] = [];

    await run('console.log(process.env.SECRET_OF_THE_RUNTIME)', ({ text }) => lines.push(text)).exited;

    expect(lines).toEqual(['undefined']);
  });

  it('exchanges messages', async () => {
    const received = await new Promise((resolve) => {
      const child = spawner.spawn({
        name: 'echo',
        args: ['-e', "process.on('message', (message) => process.send(message))"],
        env: {},
        onMessage: resolve,
      });
      child.send({ hello: 'there' });
    });

    expect(received).toEqual({ hello: 'there' });
  });

  it('may end in its own way when asked to stop', async () => {
    const { child } = await runUntilLine(
      "process.on('SIGTERM', () => process.exit(7)); setInterval(() => {}, 1000); console.log('up')",
    );

    expect(await child.stop({ graceMs: 10_000 })).toEqual({ code: 7, signal: null });
  });

  it('is killed when it does not stop in time', async () => {
    const { child } = await runUntilLine(
      "process.on('SIGTERM', () => {}); setInterval(() => {}, 1000); console.log('up')",
    );

    expect(await child.stop({ graceMs: 10 })).toEqual({ code: null, signal: 'SIGKILL' });
  });

  it('takes with it what it has started', async () => {
    const { child, text } = await runUntilLine(
      "console.log(require('node:child_process').spawn(process.execPath, ['-e', 'while (true);']).pid); setInterval(() => {}, 1000)",
    );
    const grandchild = Number(text);
    expect(readProcess(grandchild)).toBeDefined();

    child.kill();

    await child.exited;
    await vi.waitFor(() => isGone(grandchild));
  });

  it('fails when its command does not exist', () => {
    expect(() => spawner.spawn({ name: 'nothing', command: '/no/such/program', args: [], env: {} })).toThrow(
      SpawnError,
    );
  });
});

describe('the end of the runtime', () => {
  let runtime: ChildProcess;

  /** Process ids of all that the runtime has started, its reaper included. */
  async function startRuntime(...args: readonly string[]): Promise<readonly number[]> {
    const entry = resolveOwnEntry(new URL('./doomed-runtime', import.meta.url));
    runtime = spawn(process.execPath, [...entry, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
    const { stdout } = runtime;
    if (stdout === null) {
      throw new Error('the runtime has no output');
    }
    for await (const line of createInterface({ input: stdout })) {
      return JSON.parse(line) as number[];
    }
    throw new Error('the runtime ended before it started anything');
  }

  afterEach(() => {
    runtime.kill('SIGKILL');
  });

  it('is the end of every child within two seconds, however stubborn, when it is killed', async () => {
    const pids = await startRuntime();
    expect(pids.filter((pid) => readProcess(pid) === undefined)).toEqual([]);

    runtime.kill('SIGKILL');

    await vi.waitFor(() => pids.forEach(isGone), { timeout: 2_000 });
  });

  it('is the end of every child also when the reaper was killed before', async () => {
    const pids = await startRuntime('without its first reaper');

    runtime.kill('SIGKILL');

    await vi.waitFor(() => pids.forEach(isGone), { timeout: 2_000 });
  });
});
