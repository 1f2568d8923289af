import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { type Files, findCommand, type Outcome, plantProject, run } from './planted-project.ts';

const FILES: Files = {
  'lib/index.ts':
    "import { parse } from 'csv-parse';\nimport { used } from './core/used.ts';\nimport { openStore } from './memory/index.ts';\n\nexport const app = [parse, used, openStore];\n",
  'lib/core/used.ts':
    'export const used = 1;\nexport const plantedExport = 2;\nexport interface PlantedType {\n  a: 1;\n}\n',
  // The face of a module may name the types of its functions, but not functions that nobody calls.
  'lib/memory/index.ts': "export { type Options, openStore, plantedFunction } from './store.ts';\n",
  'lib/memory/store.ts':
    'export interface Options {\n  a: 1;\n}\nexport const openStore = (options: Options) => options;\nexport const plantedFunction = () => 1;\n',
  'lib/core/planted-file.ts': 'export const nobody = 1;\n',
  'lib/core/only-tested.ts': 'export const onlyTested = 1;\n',
  'functions/jobs/any/definition.ts': 'export const definition = 1;\n',
  'functions/jobs/any/handler.ts': 'export const handler = 1;\n',
  'test/core/only-tested.test.ts':
    "import { expect, test } from 'vitest';\nimport { onlyTested } from '../../lib/core/only-tested.ts';\n\ntest('a', () => expect(onlyTested).toBe(1));\n",
};

const named = z.array(z.object({ name: z.string() }));
const reportSchema = z.object({
  issues: z.array(
    z.object({
      file: z.string(),
      files: named,
      exports: named,
      types: named,
      dependencies: named,
      devDependencies: named,
    }),
  ),
});

describe('dead code gate', () => {
  let outcome: Outcome;
  let project: Awaited<ReturnType<typeof plantProject>>;

  beforeAll(async () => {
    project = await plantProject(FILES);
    outcome = await run(await findCommand('knip', 'knip'), ['--reporter', 'json'], project.directory);
  });

  afterAll(() => project.remove());

  const namesOf = (kind: 'files' | 'exports' | 'types' | 'dependencies'): string[] =>
    reportSchema.parse(JSON.parse(outcome.stdout)).issues.flatMap((issue) => issue[kind].map(({ name }) => name));

  test('fails when anything is planted', () => {
    expect(outcome.exitCode).toBe(1);
  });

  test('fails on the unused file, and on no other', () => {
    expect(namesOf('files')).toEqual(['lib/core/planted-file.ts']);
  });

  test('fails on each unused export, and on no other', () => {
    expect([...new Set(namesOf('exports'))].sort()).toEqual(['plantedExport', 'plantedFunction']);
  });

  test('fails on the unused type, and on no other', () => {
    expect(namesOf('types')).toEqual(['PlantedType']);
  });

  test('fails on an unused dependency and accepts a used one', () => {
    expect(namesOf('dependencies')).toContain('dynalite');
    expect(namesOf('dependencies')).not.toContain('csv-parse');
  });
});
