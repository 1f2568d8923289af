import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ChildSpawner } from '../../../lib/local/processes/index.ts';
import { TypeCheck } from '../../../lib/local/reload/type-check.ts';
import { createProject, jobFiles } from '../../cdk/job-project.ts';

let spawner: ChildSpawner;
beforeAll(() => {
  spawner = new ChildSpawner();
});
afterAll(() => spawner.close());

const setup = (files: Readonly<Record<string, string>>) => {
  const projectDirectory = createProject(files);
  const said: string[] = [];
  const check = new TypeCheck({
    projectDirectory,
    spawner,
    environment: {},
    colors: false,
    onLine: (text, level) => said.push(`${level}: ${text}`),
  });
  return { said, check: () => check.check([`${projectDirectory}/jobs`]) };
};

describe('a type check', () => {
  it('says once what a project lacks', async () => {
    const { said, check } = setup(jobFiles('one'));
    await check();
    await check();
    expect(said).toEqual(['info: types are not checked: this project lacks the package typescript']);
  });

  it('says nothing of jobs without types', async () => {
    const { said, check } = setup({ 'jobs/one/definition.js': '', 'jobs/one/handler.js': '' });
    await check();
    expect(said).toEqual([]);
  });

  it('shows what the compiler of the project says, and that it is over', async () => {
    const compiler = (code: number) =>
      `process.stdout.write('\\u001b[31mjobs/one.ts:1:1\\u001b[0m - error\\n'); process.exit(${code});`;
    const { said, check } = setup({
      ...jobFiles('one'),
      'tsconfig.json': '{}',
      'node_modules/typescript/package.json': '{}',
      'node_modules/typescript/bin/tsc': compiler(2),
    });
    await check();
    expect(said).toEqual(['warn: types do not fit; that alone keeps no code from running:\n\njobs/one.ts:1:1 - error']);
  });
});
