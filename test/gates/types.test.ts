import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findCommand, type Outcome, plantProject, run } from './planted-project.ts';

/** The compiler's code that a file must fail with, and only with. */
const PLANTED: Readonly<Record<string, { readonly code: string; readonly content: string }>> = {
  'lib/core/implicit-any.ts': { code: 'TS7006', content: 'export const a = (b) => b;\n' },
  'lib/core/missing-value.ts': { code: 'TS2322', content: 'export const a: string = undefined;\n' },
  'lib/core/unchecked-index.ts': { code: 'TS2322', content: 'export const a = (b: string[]): string => b[0];\n' },
  'lib/core/optional-undefined.ts': { code: 'TS2375', content: 'export const a: { b?: string } = { b: undefined };\n' },
  'lib/core/enum.ts': { code: 'TS1294', content: 'export enum Color {\n  red,\n}\n' },
  'lib/core/parameter-property.ts': {
    code: 'TS1294',
    content: 'export class A {\n  constructor(public readonly b: string) {}\n}\n',
  },
  'lib/core/type-import.ts': {
    code: 'TS1484',
    content: "import { Shape } from './shape.ts';\n\nexport const a: Shape = 1;\n",
  },
  'test/core/wrong.test.ts': { code: 'TS2322', content: 'export const a: string = 1;\n' },
};

const plantedFiles = Object.fromEntries(Object.entries(PLANTED).map(([path, { content }]) => [path, content]));

describe('types gate', () => {
  let outcome: Outcome;
  let project: Awaited<ReturnType<typeof plantProject>>;

  beforeAll(async () => {
    project = await plantProject({ ...plantedFiles, 'lib/core/shape.ts': 'export type Shape = number;\n' });
    outcome = await run(await findCommand('typescript', 'tsc'), ['-p', 'tsconfig.json'], project.directory);
  });

  afterAll(() => project.remove());

  const codesOf = (path: string): string[] =>
    [...outcome.stdout.matchAll(/^(\S+)\(\d+,\d+\): error (TS\d+):/gm)].flatMap(([, file, code = '']) =>
      file === path ? [code] : [],
    );

  test('fails when anything is planted', () => {
    expect(outcome.exitCode).not.toBe(0);
  });

  test.each(Object.entries(PLANTED))('fails on %s', (path, { code }) => {
    expect(codesOf(path)).toEqual([code]);
  });

  test('accepts what is correct', () => {
    expect(codesOf('lib/core/shape.ts')).toEqual([]);
  });
});
