import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

export const inTree = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));

const ROW = /^\|.*\|$/;
const NAMED = /\| `(test\/[^`]+\.test\.ts)` "(.+)" \|$/;

/** The rows of the tables in a document whose last column is headed "test". */
export const findClaims = (markdown: string): readonly string[] => {
  const claims: string[] = [];
  let isAboutTests = false;
  for (const line of markdown.split('\n')) {
    if (!ROW.test(line)) isAboutTests = false;
    else if (line.endsWith('| test |')) isAboutTests = true;
    else if (isAboutTests && line !== '|---|---|') claims.push(line);
  }
  return claims;
};

/** What keeps a row from naming a test that exists; undefined if nothing does. */
export const findFault = async (claim: string): Promise<string | undefined> => {
  const [, file, title] = NAMED.exec(claim) ?? [];
  if (file === undefined || title === undefined) return 'the line names no test';
  const source = await readFile(inTree(file), 'utf8').catch(() => undefined);
  if (source === undefined) return `there is no ${file}`;
  const titles = [...source.matchAll(/(['"`])((?:(?!\1).)+)\1,\s*(?:async\s*)?\(/g)].map(([, , found]) => found);
  return titles.includes(title) ? undefined : `${file} has no test "${title}"`;
};
