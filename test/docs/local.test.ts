import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { findClaims, findFault, inTree } from './named-tests.ts';

const text = await readFile(inTree('docs/local.md'), 'utf8');
const rows = findClaims(text);

describe('docs/local.md', () => {
  it('has a line for each thing that is emulated or not', () => {
    expect(rows.length).toBeGreaterThan(40);
    // There is no other table in it.
    expect(text.split('\n').filter((line) => line.startsWith('|---'))).toEqual(
      text
        .split('\n')
        .filter((line) => line.endsWith('| test |'))
        .map(() => '|---|---|'),
    );
  });

  it.each(rows)('names a test that exists: %s', async (row) => {
    expect(await findFault(row)).toBeUndefined();
  });
});
