import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import type * as esbuild from 'esbuild';

const ENTRY = fileURLToPath(new URL('./bootstrap/main', import.meta.url));

/** Of the checkout; only there is anything compiled. */
const CACHE = fileURLToPath(new URL('../../../node_modules/.cache/async-endpoints/', import.meta.url));

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
  mkdirSync(CACHE, { recursive: true });
  const path = `${CACHE}bootstrap.mjs`;
  // Others may be starting processes from it right now, and must find the old one or the new one.
  const written = `${path}.${process.pid}`;
  writeFileSync(written, outputFiles[0]?.contents ?? '');
  renameSync(written, path);
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
