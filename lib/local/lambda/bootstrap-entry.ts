import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type * as esbuild from 'esbuild';

const ENTRY = fileURLToPath(new URL('./bootstrap/main', import.meta.url));

let compiled: string | undefined;

const compileSource = (): string => {
  const { buildSync } = createRequire(import.meta.url)('esbuild') as typeof esbuild;
  const { outputFiles } = buildSync({
    entryPoints: [`${ENTRY}.ts`],
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    write: false,
  });
  const directory = mkdtempSync(join(tmpdir(), 'async-endpoints-bootstrap-'));
  process.once('exit', () => rmSync(directory, { recursive: true, force: true }));
  const path = join(directory, 'bootstrap.mjs');
  writeFileSync(path, outputFiles[0]?.contents ?? '');
  return path;
};

/**
 * Path of the script that runs inside a function's process. When we run from sources it is compiled once for all
 * processes: with a TypeScript loader in each of them every cold start would take four times as long.
 */
export const resolveBootstrap = (): string => {
  if (!import.meta.url.endsWith('.ts')) return `${ENTRY}.js`;
  compiled ??= compileSource();
  return compiled;
};
