import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const inTree = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));

const ROW = /^\|.*\|$/;
const HEADER = /^\| [^|]+ \| test \|$|^\|---\|---\|$/;
const NAMED = /\| `(test\/[^`]+\.test\.ts)` "(.+)" \|$/;

const text = await readFile(inTree('docs/local.md'), 'utf8');
const rows = text.split('\n').filter((line) => ROW.test(line) && !HEADER.test(line));

describe('docs/local.md', () => {
  it('has a line for each thing that is emulated or not', () => {
    expect(rows.length).toBeGreaterThan(40);
  });

  it.each(rows)('names a test that exists: %s', async (row) => {
    const [, file = '', title = ''] = NAMED.exec(row) ?? [];
    expect(file, 'the line names no test').not.toBe('');
    const source = await readFile(inTree(file), 'utf8');
    const titles = [...source.matchAll(/(['"`])((?:(?!\1).)+)\1,\s*(?:async\s*)?\(/g)].map(([, , found]) => found);
    expect(titles).toContain(title);
  });
});
