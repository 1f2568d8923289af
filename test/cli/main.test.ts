import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { runCommandLine } from '../../lib/cli/main.ts';

async function run(args: readonly string[], workingDirectory = '/') {
  const print = vi.fn<(text: string) => void>();
  const report = vi.fn<(text: string) => void>();
  const exit = vi.fn();
  const exitCode = await runCommandLine(args, {
    environment: {},
    workingDirectory,
    colors: false,
    print,
    report,
    exit,
  });
  const textOf = (mock: typeof print): string => mock.mock.calls.flat().join('\n');
  return { exitCode, printed: textOf(print), reported: textOf(report) };
}

describe('the command line', () => {
  it.each(['--help', '-h', 'help'])('explains itself: %s', async (flag) => {
    expect(await run([flag])).toEqual({
      exitCode: 0,
      printed: expect.stringContaining('Usage: async-endpoints'),
      reported: '',
    });
  });

  it.each(['--version', '-v'])('tells its version: %s', async (flag) => {
    const { version } = JSON.parse(await readFile('package.json', 'utf8')) as { readonly version: string };
    expect(await run([flag])).toEqual({ exitCode: 0, printed: version, reported: '' });
  });

  it('explains a command', async () => {
    expect(await run(['dev', '--help'])).toEqual({
      exitCode: 0,
      printed: expect.stringContaining('Usage: async-endpoints dev'),
      reported: '',
    });
  });

  it.each([[[]], [['fly']], [['dev', '--fast']]])('fails with exit code 2 on %j', async (args) => {
    expect(await run(args)).toMatchObject({ exitCode: 2, printed: '', reported: expect.stringMatching(/--help/) });
  });

  it('fails with exit code 1 where there is nothing to run, leaves nothing behind and says what to do', async () => {
    const empty = await mkdtemp(join(tmpdir(), 'no-project-'));
    try {
      expect(await run(['dev', '--port', '0', '--memory'], empty)).toEqual({
        exitCode: 1,
        printed: '',
        reported: expect.stringContaining('Run this in the directory of a CDK project.'),
      });
    } finally {
      await rm(empty, { recursive: true, force: true });
    }
  });
});
