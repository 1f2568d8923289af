import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Bundle } from '../../bundle/index.ts';

const ENTRY = 'index.js';

/** Where bundles lie that were made after the start. */
export class CodeStore {
  private readonly directory: string;
  private count = 0;

  constructor(directory: string) {
    this.directory = directory;
  }

  /** A new directory for each bundle: what runs on the old one goes on reading there. */
  async write(name: string, bundle: Bundle): Promise<string> {
    this.count += 1;
    const directory = join(this.directory, `reloaded-${this.count}-${name}`);
    await mkdir(directory, { recursive: true });
    await Promise.all([...bundle.files].map(([file, content]) => writeFile(join(directory, file), content)));
    return directory;
  }

  /** Only what `write` has made: the others belong to the assembly. */
  async remove(directory: string): Promise<void> {
    if (directory.startsWith(join(this.directory, 'reloaded-'))) {
      await rm(directory, { recursive: true, force: true });
    }
  }
}

export const hasSameCode = async (directory: string, bundle: Bundle): Promise<boolean> => {
  const now = await readFile(join(directory, ENTRY)).catch(() => undefined);
  return now?.equals(bundle.files.get(ENTRY) ?? new Uint8Array()) ?? false;
};
