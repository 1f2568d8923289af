import { spawn } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** The configuration that a gate reads, copied as it stands: what is proven here is the gate of the repository. */
const CONFIGURATION = [
  '.dependency-cruiser.cjs',
  '.gitignore',
  '.oxlintrc.json',
  'biome.json',
  'knip.json',
  'package.json',
  'tsconfig.json',
  'vitest.config.ts',
];

export interface Outcome {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Path of a file in the planted project to its text. */
export type Files = Readonly<Record<string, string>>;

/** The script behind a command of an installed package, so that no shell and no `.cmd` file is needed to run it. */
export const findCommand = async (packageName: string, command: string): Promise<string> => {
  const directory = join(ROOT, 'node_modules', packageName);
  const manifest: { bin: string | Record<string, string> } = JSON.parse(
    await readFile(join(directory, 'package.json'), 'utf8'),
  );
  const script = typeof manifest.bin === 'string' ? manifest.bin : manifest.bin[command];
  if (script === undefined) throw new Error(`${packageName} has no command ${command}`);
  return join(directory, script);
};

export const run = async (script: string, args: readonly string[], cwd: string): Promise<Outcome> => {
  const child = spawn(process.execPath, [script, ...args], { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  const exit = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  const [exitCode, stdout, stderr] = await Promise.all([exit, text(child.stdout), text(child.stderr)]);
  return { exitCode, stdout, stderr };
};

/**
 * A small project in a temporary directory with the real configuration and the given files, so that a violation can be
 * planted without touching the tree that others are reading.
 */
export const plantProject = async (files: Files): Promise<{ directory: string; remove: () => Promise<void> }> => {
  const directory = await realpath(await mkdtemp(join(tmpdir(), 'async-endpoints-gate-')));
  await Promise.all(CONFIGURATION.map((name) => cp(join(ROOT, name), join(directory, name))));
  await symlink(join(ROOT, 'node_modules'), join(directory, 'node_modules'), 'junction');
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(directory, path)), { recursive: true });
    await writeFile(join(directory, path), content);
  }
  return { directory, remove: () => rm(directory, { recursive: true, force: true }) };
};
