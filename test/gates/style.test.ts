import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Files, findCommand, type Outcome, plantProject, run } from './planted-project.ts';

const lines = (count: number): string =>
  Array.from({ length: count }, (_, index) => `export const line${index} = ${index};\n`).join('');

const READS_ENVIRONMENT = "export const home = process.env['HOME'];\n";

/** One file per rule; the findings of a file are exactly its rule, which also proves that the rest of it is clean. */
const PLANTED: Readonly<Record<string, { readonly rule: string; readonly content: string }>> = {
  'lib/core/unformatted.ts': { rule: 'format', content: 'export const a = "double";\n' },
  'lib/core/unsorted-imports.ts': {
    rule: 'assist/source/organizeImports',
    content: "import { b } from './b.ts';\nimport { a } from './a.ts';\n\nexport const both = [a, b];\n",
  },
  'lib/core/any.ts': { rule: 'lint/suspicious/noExplicitAny', content: 'export const a: any = 1;\n' },
  'lib/core/default-export.ts': { rule: 'lint/style/noDefaultExport', content: 'const a = 1;\nexport default a;\n' },
  'lib/core/CamelCase.ts': { rule: 'lint/style/useFilenamingConvention', content: 'export const a = 1;\n' },
  'lib/core/snake_case.ts': { rule: 'lint/style/useFilenamingConvention', content: 'export const a = 1;\n' },
  'lib/core/enum.ts': { rule: 'lint/style/noEnum', content: 'export enum Color {\n  red = 1,\n}\n' },
  'lib/core/cycle-a.ts': {
    rule: 'lint/suspicious/noImportCycles',
    content: "import { b } from './cycle-b.ts';\n\nexport const a = () => b;\n",
  },
  'lib/core/cycle-b.ts': {
    rule: 'lint/suspicious/noImportCycles',
    content: "import { a } from './cycle-a.ts';\n\nexport const b = () => a;\n",
  },
  'lib/core/extension.ts': {
    rule: 'lint/correctness/useImportExtensions',
    content: "import { a } from './a';\n\nexport const b = a;\n",
  },
  'lib/core/unused-import.ts': {
    rule: 'lint/correctness/noUnusedImports',
    content: "import { a } from './a.ts';\n\nexport const b = 1;\n",
  },
  'lib/core/undeclared.ts': {
    rule: 'lint/correctness/noUndeclaredDependencies',
    content: "import { a } from 'left-pad';\n\nexport const b = a;\n",
  },
  'lib/core/console.ts': { rule: 'lint/suspicious/noConsole', content: "console.log('here');\n" },
  'lib/core/long-file.ts': { rule: 'lint/style/noExcessiveLinesPerFile', content: lines(301) },
  'test/core/long-file.test.ts': { rule: 'lint/style/noExcessiveLinesPerFile', content: lines(501) },
  'lib/core/environment.ts': { rule: 'lint/style/noProcessEnv', content: READS_ENVIRONMENT },
  'lib/client/job-client.ts': { rule: 'lint/style/noProcessEnv', content: READS_ENVIRONMENT },
  'functions/api/index.ts': { rule: 'lint/style/noProcessEnv', content: READS_ENVIRONMENT },
  'test/core/focused.test.ts': {
    rule: 'lint/suspicious/noFocusedTests',
    content: "import { test } from 'vitest';\n\ntest.only('a', () => {});\n",
  },
};

const CLEAN: Files = {
  'lib/core/a.ts': 'export const a = 1;\n',
  'lib/core/b.ts': 'export const b = 1;\n',
  'lib/core/full-file.ts': lines(300),
  'lib/client/from-env.ts': READS_ENVIRONMENT,
  'functions/config.ts': READS_ENVIRONMENT,
  'test/core/full-file.test.ts': lines(500),
  'test/core/environment.test.ts': READS_ENVIRONMENT,
  'dist/lib/generated.js': 'var a = "double"\n',
  'cdk.out/asset/index.js': 'var a = "double"\n',
};

const plantedFiles = Object.fromEntries(Object.entries(PLANTED).map(([path, { content }]) => [path, content]));

describe('style gate', () => {
  let outcome: Outcome;
  let project: Awaited<ReturnType<typeof plantProject>>;

  beforeAll(async () => {
    project = await plantProject({ ...plantedFiles, ...CLEAN });
    const biome = await findCommand('@biomejs/biome', 'biome');
    outcome = await run(biome, ['check', '--reporter=github', '--max-diagnostics=none', '.'], project.directory);
  });

  afterAll(() => project.remove());

  const rulesOf = (path: string): string[] => {
    const found = outcome.stdout.matchAll(/^::\w+ title=([^,]+),file=([^,]+),/gm);
    return [...found].flatMap(([, rule = '', file = '']) =>
      file.replaceAll('\\', '/').endsWith(`/${path}`) ? [rule] : [],
    );
  };

  test('fails when anything is planted', () => {
    expect(outcome.exitCode).toBe(1);
  });

  test.each(Object.entries(PLANTED))('fails on %s with its rule only', (path, { rule }) => {
    expect([...new Set(rulesOf(path))]).toEqual([rule]);
  });

  test.each(Object.keys(CLEAN))('accepts %s', (path) => {
    expect(rulesOf(path)).toEqual([]);
  });
});
