import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
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
  return { projectDirectory, said, check: () => check.check([`${projectDirectory}/jobs`]) };
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

  const TSCONFIG = JSON.stringify({
    compilerOptions: { strict: true, module: 'NodeNext', types: [], lib: ['ES2022'], skipLibCheck: true },
  });
  const text = (value: string) => `export const one: number = ${value};\n`;

  it('shows in place what the compiler of the project says, and reads again what has changed', async () => {
    const { check, projectDirectory } = setup({
      'jobs/one/definition.ts': text('1'),
      'jobs/one/handler.ts': "export { one } from './definition.js';\n",
      'tsconfig.json': TSCONFIG,
    });
    mkdirSync(join(projectDirectory, 'node_modules'));
    symlinkSync(
      dirname(createRequire(import.meta.url).resolve('typescript/package.json')),
      `${projectDirectory}/node_modules/typescript`,
    );
    const write = (value: string) => writeFileSync(join(projectDirectory, 'jobs/one/definition.ts'), text(value));

    expect(await check()).toEqual({ text: '', errors: new Set() });
    write("'two'");
    const wrong = await check();
    expect(wrong?.text).toMatch(/^jobs\/one\/definition\.ts:1:14 - error TS2322/);
    expect([...(wrong?.errors ?? [])]).toEqual([expect.stringMatching(/^jobs\/one\/definition\.ts TS2322: Type/)]);
    write("\n'two'");
    expect((await check())?.errors).toEqual(wrong?.errors);
    write('12');
    expect(await check()).toEqual({ text: '', errors: new Set() });
  });

  it('asks the command of a compiler that has no functions to call', async () => {
    const command = `
      const { readFileSync } = require('node:fs');
      if (readFileSync('jobs/one/definition.ts', 'utf8') === '') process.exit(0);
      process.stdout.write('\\u001b[31mjobs/one.ts\\u001b[0m:1:1 - error TS1: wrong\\n');
      process.exit(2);`;
    const { check, projectDirectory } = setup({
      'jobs/one/definition.ts': '1',
      'jobs/one/handler.ts': '',
      'tsconfig.json': TSCONFIG,
      'node_modules/typescript/package.json': '{ "exports": { "./package.json": "./package.json" } }',
      'node_modules/typescript/bin/tsc': command,
    });
    expect(await check()).toEqual({
      text: 'jobs/one.ts:1:1 - error TS1: wrong',
      errors: new Set(['jobs/one.ts TS1: wrong']),
    });
    writeFileSync(join(projectDirectory, 'jobs/one/definition.ts'), '');
    expect(await check()).toEqual({ text: '', errors: new Set() });
  });
});
