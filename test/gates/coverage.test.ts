import { afterEach, describe, expect, test } from 'vitest';
import { type Files, findCommand, type Outcome, plantProject, run } from './planted-project.ts';

const BRANCHES = "export const sign = (value: number): string => (value < 0 ? 'minus' : 'plus');\n";

const testOf = (...values: readonly number[]): string =>
  `import { expect, test } from 'vitest';
import { sign } from '../../lib/core/sign.ts';

test.each(${JSON.stringify(values)})('a', (value) => {
  expect(sign(value)).toBeTypeOf('string');
});
`;

describe('coverage gate', () => {
  let remove = async (): Promise<void> => undefined;

  afterEach(() => remove());

  const cover = async (files: Files): Promise<Outcome> => {
    const project = await plantProject(files);
    remove = project.remove;
    return run(await findCommand('vitest', 'vitest'), ['run', '--project', 'unit', '--coverage'], project.directory);
  };

  test('fails when a branch of the core has no test', async () => {
    const { exitCode, stderr } = await cover({ 'lib/core/sign.ts': BRANCHES, 'test/core/sign.test.ts': testOf(1) });

    expect(exitCode).toBe(1);
    expect(stderr).toContain('does not meet global threshold (100%)');
  });

  test('fails when a file of the core is never loaded', async () => {
    const { exitCode } = await cover({
      'lib/core/sign.ts': BRANCHES,
      'lib/core/forgotten.ts': BRANCHES,
      'test/core/sign.test.ts': testOf(1, -1),
    });

    expect(exitCode).toBe(1);
  });

  test('accepts a covered core beside other code without tests', async () => {
    const { exitCode } = await cover({
      'lib/core/sign.ts': BRANCHES,
      'lib/pipeline/untested.ts': BRANCHES,
      'test/core/sign.test.ts': testOf(1, -1),
    });

    expect(exitCode).toBe(0);
  });
});
