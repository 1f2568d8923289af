import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { findLicenceProblems } from './licence-problems.ts';
import { ROOT } from './planted-project.ts';

interface Planted {
  /** In the lockfile. */
  readonly entry: Readonly<Record<string, unknown>>;
  /** Absent for a package that this platform does not install. */
  readonly manifest?: Readonly<Record<string, unknown>>;
}

const plant = async ({ entry, manifest }: Planted): Promise<string> => {
  const directory = await mkdtemp(join(tmpdir(), 'async-endpoints-licences-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  const path = 'node_modules/fine/node_modules/planted';
  const packages = { '': { license: 'UNLICENSED' }, [path]: { version: '1.0.0', ...entry } };
  await writeFile(join(directory, 'package-lock.json'), JSON.stringify({ packages }));
  if (manifest !== undefined) {
    await mkdir(join(directory, path), { recursive: true });
    await writeFile(join(directory, path, 'package.json'), JSON.stringify(manifest));
  }
  return directory;
};

describe('licences', () => {
  test('of all that users install are on the list, also of what comes along and of other platforms', async () => {
    const { checked, problems } = await findLicenceProblems(ROOT);
    expect(problems).toEqual([]);
    expect(checked).toBeGreaterThan(100);
  });

  test.each<[string, Planted]>([
    [
      'a choice that has an allowed one',
      { entry: { license: '(MIT OR GPL-3.0-or-later)' }, manifest: { license: 'MIT' } },
    ],
    ['an older way to name it', { entry: { license: 'MIT' }, manifest: { licenses: [{ type: 'MIT' }] } }],
    ['a package for development', { entry: { license: 'MPL-2.0', dev: true } }],
    ['an allowed one of another platform', { entry: { license: 'ISC', optional: true } }],
  ])('are fine for %s', async (_what, planted) => {
    expect((await findLicenceProblems(await plant(planted))).problems).toEqual([]);
  });

  test.each<[string, Planted, string]>([
    [
      'another licence',
      { entry: { license: 'GPL-3.0-only' }, manifest: { license: 'GPL-3.0-only' } },
      'is under GPL-3.0-only',
    ],
    [
      'both of two',
      { entry: { license: 'MIT AND MPL-2.0' }, manifest: { license: 'MIT' } },
      'is under MIT AND MPL-2.0',
    ],
    [
      'a manifest that says otherwise',
      { entry: { license: 'MIT' }, manifest: { license: 'SSPL-1.0' } },
      'is under SSPL-1.0',
    ],
    [
      'another licence on another platform',
      { entry: { license: 'UNLICENSED', optional: true } },
      'is under UNLICENSED',
    ],
    ['no licence', { entry: {}, manifest: {} }, 'names no licence'],
    ['a package that is not there', { entry: { license: 'MIT' } }, 'is not installed'],
  ])('fails for %s, naming the package', async (_what, planted, problem) => {
    const { problems } = await findLicenceProblems(await plant(planted));
    expect(problems).toEqual([expect.stringContaining(`planted ${problem}`)]);
  });
});
