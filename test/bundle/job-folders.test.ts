import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findJobFolders } from '../../lib/bundle/job-folders.ts';
import { createProject, jobFiles } from '../cdk/job-project.ts';

describe('findJobFolders', () => {
  it('finds every folder with both modules, sorted by name', () => {
    const project = createProject({ ...jobFiles('zeta'), ...jobFiles('Beta'), ...jobFiles('alpha') });
    const jobs = findJobFolders(join(project, 'jobs'));
    expect(jobs.complete.map(({ name }) => name)).toEqual(['Beta', 'alpha', 'zeta']);
    expect(jobs.complete.at(1)).toEqual({
      name: 'alpha',
      definition: join(project, 'jobs/alpha/definition.ts'),
      handler: join(project, 'jobs/alpha/handler.ts'),
    });
  });

  it('takes JavaScript modules too', () => {
    const project = createProject({ 'jobs/plain/definition.js': '', 'jobs/plain/handler.mjs': '' });
    expect(findJobFolders(join(project, 'jobs')).complete).toEqual([
      {
        name: 'plain',
        definition: join(project, 'jobs/plain/definition.js'),
        handler: join(project, 'jobs/plain/handler.mjs'),
      },
    ]);
  });

  it('passes over files, and over folders that hold neither module', () => {
    const project = createProject({ ...jobFiles('alpha'), 'jobs/readme.md': '', 'jobs/shared/parse.ts': '' });
    const jobs = findJobFolders(join(project, 'jobs'));
    expect(jobs.complete.map(({ name }) => name)).toEqual(['alpha']);
    expect(jobs.incomplete).toEqual([]);
  });

  it('tells which half of a job type is missing', () => {
    const project = createProject({ 'jobs/one/definition.ts': '', 'jobs/two/handler.ts': '' });
    expect(findJobFolders(join(project, 'jobs')).incomplete).toEqual([
      { name: 'one', missing: 'handler' },
      { name: 'two', missing: 'definition' },
    ]);
  });

  it('fails softly on a directory that is not there: the props rule says it', () => {
    expect(findJobFolders('/nowhere/jobs')).toEqual({
      directory: '/nowhere/jobs',
      exists: false,
      complete: [],
      incomplete: [],
    });
  });
});
