import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { compareSnapshots, listTree, takeSnapshot } from '../../../lib/local/reload/snapshot.ts';
import { createProject } from '../../cdk/job-project.ts';

describe('a snapshot', () => {
  it('tells what has changed, come and gone, and nothing else', async () => {
    const project = createProject({ 'same.ts': '1', 'edited.ts': '1', 'removed.ts': '1' });
    const paths = ['same.ts', 'edited.ts', 'removed.ts', 'new.ts'].map((name) => join(project, name));
    const before = takeSnapshot(paths);
    expect(compareSnapshots(before, takeSnapshot(paths))).toEqual([]);

    await writeFile(join(project, 'edited.ts'), 'longer');
    await rm(join(project, 'removed.ts'));
    await writeFile(join(project, 'new.ts'), '1');

    expect(compareSnapshots(before, takeSnapshot(paths))).toEqual(paths.slice(1));
  });

  it('takes a path for absent that it was not asked for', () => {
    const project = createProject({ 'a.ts': '1' });
    const path = join(project, 'a.ts');
    expect(compareSnapshots(takeSnapshot([]), takeSnapshot([path]))).toEqual([path]);
    expect(compareSnapshots(takeSnapshot([]), takeSnapshot([join(project, 'none.ts')]))).toEqual([]);
  });
});

describe('a tree', () => {
  it('is all directories and files but packages and hidden ones', async () => {
    const project = createProject({ 'a/b/c.ts': '', 'node_modules/x/index.js': '', '.git/config': '', 'd.ts': '' });
    await mkdir(join(project, 'empty'));
    const { directories, files } = listTree(project);
    expect([...directories].sort()).toEqual(['', 'a', 'a/b', 'empty'].map((path) => join(project, path)));
    expect([...files].sort()).toEqual(['a/b/c.ts', 'd.ts'].map((path) => join(project, path)));
  });

  it('is empty where nothing is', () => {
    expect(listTree('/nowhere/at/all')).toEqual({ directories: [], files: [] });
  });
});
