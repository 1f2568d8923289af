import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Summary, summarize } from '../../../../functions/jobs/summarize-csv/summarize.ts';
import { compareByCodePoint } from '../../../../functions/jobs/summarize-csv/text-values.ts';

const summarizeText = (csv: string, delimiter?: string): Promise<Summary> =>
  summarize({ csv, delimiter, signal: new AbortController().signal });

const columnOf = async (...values: readonly string[]): Promise<unknown> => {
  const { columns } = await summarizeText(
    ['value', ...values.map((value) => `"${value.replaceAll('"', '""')}"`)].join('\n'),
  );
  return columns[0];
};

const encode = (rows: readonly (readonly string[])[], delimiter: string, lineBreak: string): string =>
  rows.map((row) => row.map((field) => `"${field.replaceAll('"', '""')}"`).join(delimiter)).join(lineBreak);

describe('summary of a CSV text', () => {
  test('describes each column', async () => {
    const csv = 'name,age,member,since\nAda,36,true,2024-01-31\nGrace,45.5,false,2023-12-01\n"Lin, Mei",,true,\n';

    await expect(summarizeText(csv)).resolves.toEqual({
      rows: 3,
      columns: [
        { name: 'name', type: 'text', count: 3, nulls: 0, distinct: 3, min: 'Ada', max: 'Lin, Mei' },
        { name: 'age', type: 'number', count: 2, nulls: 1, distinct: 2, min: 36, max: 45.5, mean: 40.75 },
        { name: 'member', type: 'boolean', count: 3, nulls: 0, distinct: 2, min: false, max: true },
        { name: 'since', type: 'date', count: 2, nulls: 1, distinct: 2, min: '2023-12-01', max: '2024-01-31' },
      ],
    });
  });

  test('counts no rows when there are only names', async () => {
    const empty = { type: 'text', count: 0, nulls: 0, distinct: 0, min: null, max: null };

    await expect(summarizeText('a,b')).resolves.toEqual({
      rows: 0,
      columns: [
        { name: 'a', ...empty },
        { name: 'b', ...empty },
      ],
    });
  });

  test('keeps columns with empty and repeated names apart', async () => {
    const { columns } = await summarizeText(',a,a,\n1,2,x,\n');

    expect(columns.map(({ name, type, count }) => [name, type, count])).toEqual([
      ['', 'number', 1],
      ['a', 'number', 1],
      ['a', 'text', 1],
      ['', 'text', 0],
    ]);
  });

  test.each([
    ['a byte order mark', '\uFEFFa,b\n1,2\n'],
    ['a byte order mark before quotes', '\uFEFF"a",b\n1,2\n'],
    ['Windows line breaks', 'a,b\r\n1,2\r\n'],
    ['old line breaks', 'a,b\r1,2\r'],
    ['mixed line breaks', 'a,b\n1,2\r\n'],
    ['no last line break', 'a,b\n1,2'],
    ['empty lines', '\na,b\n\n1,2\n\n\n'],
    ['quotes', '"a","b"\n"1","2"\n'],
  ])('reads a text with %s', async (_name, csv) => {
    await expect(summarizeText(csv)).resolves.toEqual(await summarizeText('a,b\n1,2\n'));
  });

  test.each([';', '\t', '|', ' ', '·', '🙂'])('takes %j as the delimiter', async (delimiter) => {
    const { columns } = await summarizeText(`a,x${delimiter}b\n1${delimiter}2\n`, delimiter);

    expect(columns.map(({ name, max }) => [name, max])).toEqual([
      ['a,x', 1],
      ['b', 2],
    ]);
  });

  test('takes a quoted empty field as null, in a single column too', async () => {
    const { rows, columns } = await summarizeText('a\n1\n""\n3\n');

    expect([rows, columns[0]?.count, columns[0]?.nulls]).toEqual([3, 2, 1]);
  });

  test('keeps quotes, delimiters and line breaks of quoted fields', async () => {
    await expect(columnOf('say "hi",\r\nthen\nleave')).resolves.toMatchObject({ min: 'say "hi",\r\nthen\nleave' });
  });

  test('reads a text that is cut anywhere into the parts that the parser is given', async () => {
    const rows = '"é\r\n🙂",1\r\n';
    const size = Buffer.byteLength(rows);
    for (let shift = 0; shift < size; shift += 1) {
      const csv = `${'x'.repeat(64 * 1024 - 4 - shift)},b\r\n${rows.repeat(3)}`;
      const { columns } = await summarizeText(csv);
      expect(columns[0]).toMatchObject({ count: 3, distinct: 1, max: 'é\r\n🙂' });
      expect(columns[1]).toMatchObject({ name: 'b', type: 'number', count: 3 });
    }
  });

  test('fails with the reason of the signal when it is aborted', async () => {
    const controller = new AbortController();
    const csv = `a\n${'1\n'.repeat(200_000)}`;
    const summary = summarize({ csv, signal: controller.signal });
    setImmediate(() => controller.abort(new Error('time is up')));

    await expect(summary).rejects.toThrow('time is up');
  });

  test('fails at once when the signal is aborted already', async () => {
    await expect(summarize({ csv: 'a\n1\n', signal: AbortSignal.abort(new Error('stopped')) })).rejects.toThrow(
      'stopped',
    );
  });

  test('agrees with a plain computation on any table', async () => {
    const field = fc.oneof(
      fc.constant(''),
      fc.string({ unit: 'binary' }),
      fc.constantFrom('"', ',', '\r\n', ' ', 'a,b'),
    );
    const table = fc
      .integer({ min: 1, max: 4 })
      .chain((width) =>
        fc.array(fc.array(field, { minLength: width, maxLength: width }), { minLength: 1, maxLength: 8 }),
      );

    await fc.assert(
      fc.asyncProperty(
        table,
        fc.constantFrom(',', ';', '\t', '→'),
        fc.constantFrom('\n', '\r\n', '\r'),
        async (rows, delimiter, lineBreak) => {
          const [names = [], ...body] = rows;
          const summary = await summarizeText(encode(rows, delimiter, lineBreak), delimiter);

          expect(summary.rows).toBe(body.length);
          expect(summary.columns.map(({ name }) => name)).toEqual(names);
          for (const [index, column] of summary.columns.entries()) {
            const values = body.map((row) => row[index] ?? '').filter((value) => value !== '');
            expect(column.count).toBe(values.length);
            expect(column.nulls).toBe(body.length - values.length);
            if (column.type === 'text') {
              const sorted = [...values].sort(compareByCodePoint);
              expect([column.min, column.max, column.distinct]).toEqual([
                sorted.at(0) ?? null,
                sorted.at(-1) ?? null,
                new Set(values).size,
              ]);
            }
          }
        },
      ),
    );
  });
});
