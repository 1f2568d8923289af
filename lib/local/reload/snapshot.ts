import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Path → what changes when the file does; an absent file has an entry too, so that its coming is a change. */
export type Snapshot = ReadonlyMap<string, string>;

const ABSENT = '-';

const stampOf = (path: string): string => {
  const status = statSync(path, { throwIfNoEntry: false });
  return status === undefined ? ABSENT : `${status.mtimeMs} ${status.size} ${status.ino}`;
};

export const takeSnapshot = (paths: Iterable<string>): Snapshot =>
  new Map([...paths].map((path) => [path, stampOf(path)]));

/** What has changed, come or gone between two snapshots. */
export const compareSnapshots = (before: Snapshot, after: Snapshot): readonly string[] =>
  [...new Set([...before.keys(), ...after.keys()])].filter(
    (path) => (before.get(path) ?? ABSENT) !== (after.get(path) ?? ABSENT),
  );

export interface Tree {
  readonly directories: readonly string[];
  readonly files: readonly string[];
}

/** All of a directory but packages and hidden things. Nothing for one that is not there. */
export function listTree(root: string): Tree {
  const directories: string[] = [];
  const files: string[] = [];
  const visit = (directory: string): void => {
    let entries: ReturnType<typeof readEntries>;
    try {
      entries = readEntries(directory);
    } catch {
      // It has gone since its parent named it.
      return;
    }
    directories.push(directory);
    for (const entry of entries) {
      if (entry.name === 'node_modules' || entry.name.startsWith('.')) continue;
      const path = join(directory, entry.name);
      if (entry.isDirectory()) visit(path);
      else files.push(path);
    }
  };
  visit(root);
  return { directories, files };
}

const readEntries = (directory: string) => readdirSync(directory, { withFileTypes: true });
