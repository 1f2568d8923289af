import { EventEmitter } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { UsageError } from '../simulation/command/usage.ts';
import { type Command, runCommand } from './command.ts';

const ONE_DAY_MS = 86_400_000;

function setup(...args: readonly string[]) {
  const said: string[] = [];
  const world = {
    args,
    say: (line: string) => said.push(line),
    exit: vi.fn<(code: number) => void>(),
    source: new EventEmitter(),
    output: new EventEmitter(),
    now: vi.fn(() => 0),
  };
  const start = (run: Command<string>['run']): Promise<number> =>
    runCommand({ usage: 'npm run it -- [--fast]', parse: ([mode = '']) => mode, run }, world);
  return { ...world, said, world, start };
}

afterEach(() => vi.restoreAllMocks());

describe('a command', () => {
  it('has an exit code that says whether all is well', async () => {
    const { start, exit, source } = setup('quick');
    expect(await start(async (mode) => mode === 'quick')).toBe(0);
    expect(await start(async () => false)).toBe(1);
    expect([exit.mock.calls, source.listenerCount('SIGINT')]).toEqual([[], 0]);
  });

  it('explains itself and does nothing else', async () => {
    const { start, said } = setup('--fast', '--help');
    const run = vi.fn();
    expect([await start(run), said, run.mock.calls]).toEqual([0, ['npm run it -- [--fast]'], []]);
  });

  it('fails with exit code 2, a sentence and its usage where it is not understood', async () => {
    const complain = vi.spyOn(console, 'error').mockReturnValue();
    const exit = vi.spyOn(process, 'exit').mockImplementation((code) => {
      throw new Error(`exit ${code}`);
    });
    const parse = (): never => {
      throw new UsageError('Expected a number.');
    };
    await expect(runCommand({ usage: 'npm run it', parse, run: vi.fn() }, setup().world)).rejects.toThrow('exit 2');
    expect([complain.mock.calls, exit.mock.calls]).toEqual([[['Expected a number.\n\nnpm run it']], [[2]]]);
  });

  it('fails with what went wrong where nobody interrupted it', async () => {
    const { start } = setup();
    await expect(start(() => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
  });

  it.each(['SIGINT', 'SIGTERM'])(
    'tells how far it is at %s, and ends with 130 once nothing is left of it',
    async (name) => {
      const { start, said, exit, source } = setup();
      const events: string[] = [];
      exit.mockImplementation((code) => events.push(`exit ${code}`));
      const done = start(async (_, { signal, tellBy }) => {
        tellBy(() => '3 of 4 jobs');
        try {
          queueMicrotask(() => source.emit(name));
          await delay(ONE_DAY_MS, undefined, { signal });
          return true;
        } finally {
          await Promise.resolve();
          events.push('directory removed');
        }
      });
      expect([await done, said, events]).toEqual([
        130,
        ['Interrupted. Until now: 3 of 4 jobs.'],
        ['directory removed', 'exit 130'],
      ]);
    },
  );

  it('ends with 130, too, when it is interrupted at its very end', async () => {
    const { start, source } = setup();
    expect(await start(async () => source.emit('SIGINT'))).toBe(130);
  });

  it('tells what went wrong while it was ending', async () => {
    const { start, said, source } = setup();
    const done = start(async () => {
      source.emit('SIGINT');
      throw new Error('The directory is busy.');
    });
    expect([await done, said.at(-1)]).toEqual([130, 'While it ended: Error: The directory is busy.']);
  });

  it('ends in order, and once, when nobody reads any more', async () => {
    const { start, said, exit, output, now } = setup();
    const ended = start(async (_, { signal }) => {
      output.emit('error', new Error('write EPIPE'));
      now.mockReturnValue(1_000);
      output.emit('error', new Error('write EPIPE'));
      return !signal.aborted;
    });
    expect([await ended, said, exit.mock.calls]).toEqual([130, ['Interrupted. Until now: nothing.'], [[130]]]);
  });

  it('ends at once at the second wish, which is not the same one that npm passes on', async () => {
    const { start, said, exit, source, now } = setup();
    start(() => new Promise(() => {})).catch(() => {});
    source.emit('SIGINT');
    source.emit('SIGINT');
    expect([exit.mock.calls, said]).toEqual([[], ['Interrupted. Until now: nothing.']]);
    now.mockReturnValue(1_000);
    source.emit('SIGINT');
    expect(exit.mock.calls).toEqual([[130]]);
  });
});
