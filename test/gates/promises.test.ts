import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { type Files, findCommand, type Outcome, plantProject, run } from './planted-project.ts';

const WORK = 'const work = async (): Promise<boolean> => true;\n';

const PLANTED: Readonly<Record<string, { readonly rule: string; readonly content: string }>> = {
  'lib/core/floating.ts': {
    rule: 'typescript(no-floating-promises)',
    content: `${WORK}export const start = (): void => {\n  work();\n};\n`,
  },
  'lib/core/voided.ts': {
    rule: 'typescript(no-floating-promises)',
    content: `${WORK}export const start = (): void => {\n  void work();\n};\n`,
  },
  'lib/core/callback.ts': {
    rule: 'typescript(no-misused-promises)',
    content: `${WORK}export const start = (): void => {\n  [1].forEach(async () => {\n    await work();\n  });\n};\n`,
  },
  'lib/core/condition.ts': {
    rule: 'typescript(no-misused-promises)',
    content: `${WORK}export const start = (): number => (work() ? 1 : 2);\n`,
  },
  'lib/core/awaited-value.ts': {
    rule: 'typescript(await-thenable)',
    content: 'export const start = async (): Promise<number> => {\n  const one = await 1;\n  return one;\n};\n',
  },
  'lib/core/uncaught-return.ts': {
    rule: 'typescript(return-await)',
    content: `${WORK}export const start = async (): Promise<boolean> => {\n  try {\n    return work();\n  } catch {\n    return false;\n  }\n};\n`,
  },
};

const CLEAN: Files = {
  'lib/core/awaited.ts': `${WORK}export const start = async (): Promise<boolean> => {\n  await work();\n  return work();\n};\n`,
};

const plantedFiles = Object.fromEntries(Object.entries(PLANTED).map(([path, { content }]) => [path, content]));

const reportSchema = z.object({ diagnostics: z.array(z.object({ code: z.string(), filename: z.string() })) });

describe('promises gate', () => {
  let outcome: Outcome;
  let project: Awaited<ReturnType<typeof plantProject>>;

  beforeAll(async () => {
    project = await plantProject({ ...plantedFiles, ...CLEAN });
    outcome = await run(await findCommand('oxlint', 'oxlint'), ['--type-aware', '--format=json'], project.directory);
  });

  afterAll(() => project.remove());

  const rulesOf = (path: string): string[] =>
    reportSchema
      .parse(JSON.parse(outcome.stdout))
      .diagnostics.flatMap(({ code, filename }) => (filename.replaceAll('\\', '/').endsWith(path) ? [code] : []));

  test('fails when anything is planted', () => {
    expect(outcome.exitCode).toBe(1);
  });

  test.each(Object.entries(PLANTED))('fails on %s with its rule only', (path, { rule }) => {
    expect(rulesOf(path)).toEqual([rule]);
  });

  test.each(Object.keys(CLEAN))('accepts %s', (path) => {
    expect(rulesOf(path)).toEqual([]);
  });
});
