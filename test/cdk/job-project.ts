import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';

/** A directory with the given files, gone when the test ends. Paths are relative to it. */
export function createProject(files: Readonly<Record<string, string>>): string {
  const directory = mkdtempSync(join(tmpdir(), 'async-endpoints-cdk-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), content);
  }
  return directory;
}

/** The two modules of a job type, in `jobs/<name>/`. */
export const jobFiles = (name: string): Record<string, string> => ({
  [`jobs/${name}/definition.ts`]: `export const definition = { type: '${name}' };`,
  [`jobs/${name}/handler.ts`]: `export const handler = { run: () => '${name} done' };`,
});
