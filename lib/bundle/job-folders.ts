import { readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** The two modules of a job type: what submitters need, and what only the consumer needs. Absolute paths. */
export interface JobFolder {
  readonly name: string;
  readonly definition: string;
  readonly handler: string;
}

export interface JobFolders {
  readonly directory: string;
  readonly exists: boolean;
  /** Sorted by name, so that the same folders always give the same bundle. */
  readonly complete: readonly JobFolder[];
  /** Folders with one of the two modules: a job type that somebody has not finished, or misspelled. */
  readonly incomplete: readonly { readonly name: string; readonly missing: 'definition' | 'handler' }[];
}

const EXTENSIONS = ['.ts', '.mts', '.js', '.mjs'];

const isDirectory = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;

const findModule = (folder: string, name: string): string | undefined => {
  const files = new Set(readdirSync(folder));
  const extension = EXTENSIONS.find((candidate) => files.has(name + candidate));
  return extension === undefined ? undefined : join(folder, name + extension);
};

/** Every folder of `directory` that holds a job type; folders with neither module are somebody's own business. */
export function findJobFolders(directory: string): JobFolders {
  const absolute = resolve(directory);
  const complete: JobFolder[] = [];
  const incomplete: { name: string; missing: 'definition' | 'handler' }[] = [];
  if (!isDirectory(absolute)) return { directory: absolute, exists: false, complete, incomplete };

  for (const name of readdirSync(absolute).sort()) {
    const folder = join(absolute, name);
    if (!isDirectory(folder)) continue;
    const definition = findModule(folder, 'definition');
    const handler = findModule(folder, 'handler');
    if (definition !== undefined && handler !== undefined) complete.push({ name, definition, handler });
    else if (definition !== undefined) incomplete.push({ name, missing: 'handler' });
    else if (handler !== undefined) incomplete.push({ name, missing: 'definition' });
  }
  return { directory: absolute, exists: true, complete, incomplete };
}
