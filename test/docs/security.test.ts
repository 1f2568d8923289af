import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { findClaims, findFault, inTree } from './named-tests.ts';

const rows = findClaims(await readFile(inTree('docs/security.md'), 'utf8'));

describe('docs/security.md', () => {
  it.each(rows)('names a test that exists: %s', async (row) => {
    expect(await findFault(row)).toBeUndefined();
  });

  it('fails on a line that names no test, or none that exists', async () => {
    const faults = ['| a | b |', '| a | `test/x.test.ts` "b" |', '| a | `test/docs/local.test.ts` "b" |'].map(
      findFault,
    );
    expect(await Promise.all(faults)).toEqual([
      'the line names no test',
      'there is no test/x.test.ts',
      'test/docs/local.test.ts has no test "b"',
    ]);
  });
});
