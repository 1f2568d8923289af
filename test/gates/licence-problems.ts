import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

/** Whoever installs the package may do with each of them what its own licence allows, but for keeping the notices. SPDX names. */
const ALLOWED = new Set([
  '0BSD',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'BlueOak-1.0.0',
  'CC0-1.0',
  'ISC',
  'MIT',
  'MIT-0',
]);

const lockfileSchema = z.object({
  packages: z.record(
    z.string(),
    z.object({ dev: z.boolean().optional(), optional: z.boolean().optional(), license: z.string().optional() }),
  ),
});

/** Older packages list objects instead of naming one licence. */
const manifestSchema = z.object({
  license: z.union([z.string(), z.object({ type: z.string() })]).optional(),
  licenses: z.array(z.object({ type: z.string() })).optional(),
});

/** `MIT OR GPL-3.0` is one of them at choice, `MIT AND ISC` both. */
const isAllowed = (expression: string): boolean =>
  expression
    .replace(/^\((.*)\)$/, '$1')
    .split(' OR ')
    .some((choice) => choice.split(' AND ').every((name) => ALLOWED.has(name)));

const readInstalled = async (directory: string): Promise<string | undefined> => {
  const { license, licenses } = manifestSchema.parse(
    JSON.parse(await readFile(join(directory, 'package.json'), 'utf8')),
  );
  if (licenses !== undefined) return licenses.map(({ type }) => type).join(' OR ');
  return typeof license === 'object' ? license.type : license;
};

const problemOf = (says: string | undefined): string | undefined => {
  if (says === undefined || says === '') return 'names no licence';
  return isAllowed(says) ? undefined : `is under ${says}`;
};

/**
 * Everything of the lockfile that is not for development alone, with what comes along and what only other platforms install: what
 * its licence is by the lockfile, and by its own manifest where it is installed.
 */
export const findLicenceProblems = async (
  directory: string,
): Promise<{ readonly checked: number; readonly problems: readonly string[] }> => {
  const lockfile = lockfileSchema.parse(JSON.parse(await readFile(join(directory, 'package-lock.json'), 'utf8')));
  const entries = Object.entries(lockfile.packages).filter(([path, { dev }]) => path !== '' && dev !== true);
  const problems = entries.map(async ([path, { license, optional }]): Promise<readonly string[]> => {
    const name = path.split('node_modules/').at(-1);
    const isInstalled = existsSync(join(directory, path, 'package.json'));
    if (!isInstalled && optional !== true) return [`${name} is not installed: run npm ci`];
    const said = isInstalled ? [license, await readInstalled(join(directory, path))] : [license];
    const found = said.map(problemOf).find((problem) => problem !== undefined);
    return found === undefined ? [] : [`${name} ${found}; allowed are ${[...ALLOWED].join(', ')}`];
  });
  return { checked: entries.length, problems: (await Promise.all(problems)).flat() };
};
