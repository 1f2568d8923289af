import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ownSources } from '../../../lib/bundle/index.ts';
import { ENV } from '../../../lib/core/index.ts';
import { readJobHints } from '../../../lib/local/stack/job-hints.ts';
import { createProject, jobFiles } from '../../cdk/job-project.ts';

const functionOf = (tableName: string, project?: string, queueName?: string) => ({
  environment: { [ENV.tableName]: tableName, ...(queueName === undefined ? {} : { [ENV.queueName]: queueName }) },
  ...(project === undefined
    ? {}
    : {
        origin: {
          name: 'api' as const,
          sources: ownSources(),
          jobsDirectory: join(project, 'jobs'),
          projectDirectory: project,
        },
      }),
});

describe('the hints about the jobs of a stack', () => {
  it('are those of the installation that works on the table, each type once', () => {
    const own = createProject({ ...jobFiles('greet'), ...jobFiles('bill') });
    const other = createProject(jobFiles('other'));
    const functions = [functionOf('b', other), functionOf('a', own, 'orders'), functionOf('a', own, 'orders')];
    expect(readJobHints(functions, 'a')).toEqual({ types: ['bill', 'greet'], lane: 'orders#live#0' });
  });

  it('name no types where the template does not say, and the default lane', () => {
    expect(readJobHints([functionOf('a')], 'a')).toEqual({ types: [], lane: 'default#live#0' });
  });
});
