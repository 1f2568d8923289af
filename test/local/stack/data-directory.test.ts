import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readProcess } from '../../../lib/local/processes/index.ts';
import { acquireDataDirectory, createTemporaryDirectory } from '../../../lib/local/stack/data-directory.ts';

let parent: string;
let path: string;

beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'data-directory-'));
  path = join(parent, 'deep', 'data');
});

afterEach(() => rm(parent, { recursive: true, force: true }));

describe('a data directory', () => {
  it('is created, and belongs to one stack until it is released', async () => {
    const first = await acquireDataDirectory(path);

    await expect(acquireDataDirectory(path)).rejects.toMatchObject({
      code: 'data-in-use',
      message: expect.stringContaining(`process ${process.pid}`),
    });
    await first.release();
    await (await acquireDataDirectory(path)).release();
  });

  it('is taken over from a process that was killed', async () => {
    const first = await acquireDataDirectory(path);
    const child = spawn(process.execPath, ['-e', '']);
    const startedAt = readProcess(child.pid ?? 0)?.startedAt;
    await new Promise((resolve) => child.once('exit', resolve));
    await writeFile(join(path, 'lock'), JSON.stringify({ pid: child.pid, startedAt }));

    const second = await acquireDataDirectory(path);

    expect(JSON.parse(await readFile(join(path, 'lock'), 'utf8'))).toMatchObject({ pid: process.pid });
    await Promise.all([first.release(), second.release()]);
  });

  it('is taken over from a process whose number another one has got since', async () => {
    await (await acquireDataDirectory(path)).release();
    await writeFile(join(path, 'lock'), JSON.stringify({ pid: process.pid, startedAt: 'long ago' }));

    await (await acquireDataDirectory(path)).release();
  });

  it('is taken over from a process that was killed while it wrote its name', async () => {
    await (await acquireDataDirectory(path)).release();
    await writeFile(join(path, 'lock'), '{"pi');

    await (await acquireDataDirectory(path)).release();
  });

  it('fails on a path that cannot be a directory, and says what to do', async () => {
    await writeFile(join(parent, 'deep'), 'a file');

    await expect(acquireDataDirectory(path)).rejects.toMatchObject({
      code: 'data-unusable',
      message: expect.stringContaining('--data DIR'),
    });
  });
});

describe('a temporary directory', () => {
  it('is gone once released, and holds no database', async () => {
    const directory = await createTemporaryDirectory();
    expect(existsSync(directory.path)).toBe(true);
    expect(directory.database).toBeUndefined();

    await directory.release();

    expect(existsSync(directory.path)).toBe(false);
  });
});
