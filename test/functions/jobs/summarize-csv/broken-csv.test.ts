import { PermanentError } from 'async-endpoints';
import { describe, expect, test } from 'vitest';
import { summarize } from '../../../../functions/jobs/summarize-csv/summarize.ts';

const failureOf = async (csv: string, delimiter?: string): Promise<unknown> =>
  summarize({ csv, delimiter, signal: new AbortController().signal }).then(
    () => undefined,
    (error: unknown) => error,
  );

/** More than the parser is given at once. */
const LONG = 'x'.repeat(70_000);

describe('broken CSV', () => {
  test.each<[name: string, csv: string, place: string, words: string]>([
    ['nothing at all', '', 'Line 1, column 1', 'names the columns'],
    ['a byte order mark only', '\uFEFF', 'Line 1, column 1', 'names the columns'],
    ['empty lines only', '\n\r\n\n', 'Line 1, column 1', 'names the columns'],
    ['a short row', 'a,b,c\n1,2,3\n4,5\n', 'Line 3, column 3', 'got 2'],
    ['a short row that is the last', 'a,b,c\n1,2,3\n4', 'Line 3, column 2', 'got 1'],
    ['a long row', 'a,b\n1,2,3\n', 'Line 2, column 3', 'got 3'],
    ['a row of spaces', 'a,b\n \n', 'Line 2, column 2', 'got 1'],
    ['a short row after empty lines', 'a,b\r\n\r\n\r\n1\r\n', 'Line 4, column 2', 'got 1'],
    ['a short row after quoted line breaks', 'a,b\r\n"1\r\n2\r\n3",4\r\n5\r\n', 'Line 5, column 2', 'got 1'],
    ['a short row that spans lines', 'a,b\n1,2\n"3\n4"\n', 'Line 3, column 2', 'got 1'],
    ['a short row with old line breaks', 'a,b\r1,2\r3\r', 'Line 3, column 2', 'got 1'],
    ['a short row far into the text', `a,b\n${LONG},\n1\n`, 'Line 3, column 2', 'got 1'],
    ['an open quote', 'a,b\n1,"2\n3,4\n', 'Line 2, column 2', 'closing quote'],
    ['an open quote in the first column', 'a,b\n1,2\n"3,4\n', 'Line 3, column 1', 'closing quote'],
    ['an open quote in the first row', 'a,"b\n1,2\n', 'Line 1, column 2', 'closing quote'],
    ['an open quote far before the end', `a,b\n1,"2\n${LONG}`, 'Line 2, column 2', 'closing quote'],
    ['text after a closing quote', 'a,b\n1,"2"3\n', 'Line 2, column 2', 'after the closing quote'],
    ['a single quote inside quotes', 'a\n"x "y" z"\n', 'Line 2, column 1', 'after the closing quote'],
    ['a quote in a bare field', 'a,b\n1,2"3\n', 'Line 2, column 2', 'no quote inside'],
    ['a quote after a space', 'a,b\n1, "2"\n', 'Line 2, column 2', 'no quote inside'],
  ])('fails for %s', async (_name, csv, place, words) => {
    const error = await failureOf(csv);

    expect(error).toBeInstanceOf(PermanentError);
    expect(error).toHaveProperty('message', expect.stringContaining(place));
    expect(error).toHaveProperty('message', expect.stringContaining(words));
  });

  test('fails without repeating what is in the file', async () => {
    const error = await failureOf('name;password\nada;secret"1\n', ';');

    expect(error).toBeInstanceOf(PermanentError);
    expect(JSON.stringify([error, String(error)])).not.toMatch(/secret|ada/);
    expect(error).not.toHaveProperty('cause');
  });
});
