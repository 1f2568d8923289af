import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { FileWatch } from '../../../lib/local/reload/file-watch.ts';
import { createProject } from '../../cdk/job-project.ts';

let watch: FileWatch;
afterEach(() => watch.close());

function start(...directories: readonly string[]) {
  const onChange = vi.fn();
  const notices: string[] = [];
  watch = new FileWatch({ onChange, onNotice: (text) => notices.push(text) });
  watch.setDirectories(new Set(directories));
  return { onChange, notices };
}

const untilCalled = (mock: ReturnType<typeof vi.fn>): Promise<void> =>
  vi.waitFor(() => expect(mock).toHaveBeenCalled(), { timeout: 10_000 });

describe('a watch', () => {
  it('tells of a file that is written, and of one that takes the place of another', async () => {
    const project = createProject({ 'a.ts': '1' });
    const { onChange } = start(project);
    await writeFile(join(project, 'a.ts'), '2');
    await untilCalled(onChange);

    onChange.mockClear();
    await writeFile(join(project, 'a.ts.tmp'), '3');
    await rename(join(project, 'a.ts.tmp'), join(project, 'a.ts'));
    await untilCalled(onChange);
  });

  it('goes on when a directory goes, and takes it back when it comes again', async () => {
    const project = createProject({ 'jobs/a.ts': '1' });
    const jobs = join(project, 'jobs');
    const { onChange } = start(project, jobs);
    await rm(jobs, { recursive: true });
    await untilCalled(onChange);
    watch.setDirectories(new Set([project]));

    await mkdir(jobs);
    watch.setDirectories(new Set([project, jobs]));
    onChange.mockClear();
    await writeFile(join(jobs, 'b.ts'), '1');
    await untilCalled(onChange);
  });

  it('takes a directory that is not there for one without changes', () => {
    expect(start('/nowhere/at/all').notices).toEqual([]);
  });

  it('looks every second where the system does not watch', async () => {
    // A file is no directory to the system below it, which is the nearest to a file system that refuses.
    const { onChange, notices } = start(join(createProject({ 'a.ts': '1' }), 'a.ts', 'inside'));
    expect(notices).toEqual([expect.stringContaining('every second')]);
    await untilCalled(onChange);
  });
});
