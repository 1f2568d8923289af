import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { ROOT } from './planted-project.ts';

const versions = z.record(z.string(), z.string());

const manifestSchema = z.object({
  dependencies: versions,
  devDependencies: versions,
  engines: z.object({ node: z.string() }),
});

const lockfileSchema = z.object({
  lockfileVersion: z.literal(3),
  packages: z.record(
    z.string(),
    z.object({
      version: z.string().optional(),
      resolved: z.string().optional(),
      integrity: z.string().optional(),
      inBundle: z.boolean().optional(),
      dev: z.boolean().optional(),
      engines: z.record(z.string(), z.string()).optional(),
      dependencies: versions.optional(),
      optionalDependencies: versions.optional(),
    }),
  ),
});

const lockfileText = await readFile(join(ROOT, 'package-lock.json'), 'utf8');
const { packages } = lockfileSchema.parse(JSON.parse(lockfileText));
const manifest = manifestSchema.parse(JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')));
const declared = { ...manifest.dependencies, ...manifest.devDependencies };

describe('lockfile', () => {
  test('names no registry, so that any mirror serves it', () => {
    expect(Object.keys(packages).filter((path) => packages[path]?.resolved !== undefined)).toEqual([]);
    expect(lockfileText.match(/"[^"]*:\/\/[^"]*\.tgz"|registry\.|npm\.pkg/g)).toBeNull();
  });

  test('has an integrity hash for each package', () => {
    // A package that comes inside another one's archive is covered by the hash of that archive.
    const own = Object.entries(packages).filter(([path, entry]) => path !== '' && entry.inBundle !== true);
    expect(own.filter(([, entry]) => entry.integrity === undefined).map(([path]) => path)).toEqual([]);
  });

  test('holds an exact version of each package', () => {
    const own = Object.entries(packages).filter(([path]) => path !== '');
    expect(own.filter(([, { version = '' }]) => !/^\d+\.\d+\.\d+(-[\w.-]+)?$/.test(version))).toEqual([]);
  });

  test('agrees with package.json on every version', () => {
    const installed = Object.keys(declared).map((name) => [name, packages[`node_modules/${name}`]?.version]);
    expect(Object.fromEntries(installed)).toEqual(declared);
  });

  // Whoever installs the package resolves its dependencies anew and is warned of each that wants more. `light-my-request` is a
  // dependency for that alone: npm finds this version first, and a newer one wants a package that wants Node 22.
  test('holds nothing at run time that wants a newer Node than ours, in any version that npm may choose', () => {
    const majorsOf = (range = ''): readonly number[] =>
      [...range.matchAll(/(?<![.\d])(\d+)(?:\.\d+)*/g)].map(([, major]) => Number(major));
    const isTooNew = (majors: readonly number[]): boolean => majors.length > 0 && majors.every((major) => major > 20);
    const atRunTime = Object.entries(packages).filter(([path, { dev }]) => path !== '' && dev !== true);
    expect(atRunTime.length).toBeGreaterThan(50);
    const tooNew = atRunTime.filter(([, { engines }]) => isTooNew(majorsOf(engines?.['node'])));
    expect(tooNew.map(([path]) => path)).toEqual([]);
    expect(packages['node_modules/light-my-request']?.dependencies?.['cookie']).toMatch(/^\^1\./);
  });

  // A tool made of native code installs one optional package per platform. A lockfile that was written where some of
  // them could not be seen leaves the others out, and `npm ci` then fails on those platforms only.
  test.each(['@biomejs/biome', 'oxlint', 'oxlint-tsgolint', 'esbuild', 'rolldown'])(
    'holds each platform of %s',
    (name) => {
      const platforms = Object.keys(packages[`node_modules/${name}`]?.optionalDependencies ?? {});
      expect(platforms.length).toBeGreaterThan(4);
      expect(platforms.filter((platform) => packages[`node_modules/${platform}`] === undefined)).toEqual([]);
      for (const system of ['darwin', 'linux', 'win32']) {
        expect(platforms.some((platform) => platform.includes(system))).toBe(true);
      }
    },
  );
});

describe('package.json', () => {
  test('pins exact versions', () => {
    expect(Object.entries(declared).filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([]);
  });

  test('has one version for all AWS clients', () => {
    const clients = Object.entries(declared).filter(([name]) => name.startsWith('@aws-sdk/'));
    expect(clients.length).toBeGreaterThan(0);
    expect(new Set(clients.map(([, version]) => version)).size).toBe(1);
  });

  test('admits the Node version of .nvmrc', async () => {
    const [major = 0, minor = 0] = (await readFile(join(ROOT, '.nvmrc'), 'utf8')).trim().split('.').map(Number);
    expect(manifest.engines.node).toBe('>=20.19.0');
    expect(major > 20 || (major === 20 && minor >= 19)).toBe(true);
  });
});
