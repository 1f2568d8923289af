import { describe, expect, test } from 'vitest';
import { summarizeCsv } from '../../../../functions/jobs/summarize-csv/definition.ts';
import { handler } from '../../../../functions/jobs/summarize-csv/handler.ts';
import { summarize } from '../../../../functions/jobs/summarize-csv/summarize.ts';

const issuesOf = async (input: unknown): Promise<readonly unknown[]> =>
  (await summarizeCsv.input['~standard'].validate(input)).issues ?? [];

describe('definition of summarize-csv', () => {
  test.each([
    { csv: 'a\n1\n' },
    { csv: '' },
    { csv: 'a', delimiter: ';' },
    { csv: 'a', delimiter: '\t' },
    { csv: 'a', delimiter: '🙂' },
    { csv: 'a', delimiter: undefined },
  ])('accepts %j', async (input) => {
    await expect(issuesOf(input)).resolves.toEqual([]);
  });

  test.each([
    {},
    { csv: 1 },
    { csv: 'a', delimiter: '' },
    { csv: 'a', delimiter: ';;' },
    { csv: 'a', delimiter: '"' },
    { csv: 'a', delimiter: '\n' },
    { csv: 'a', delimiter: '\r' },
    { csv: 'a', delimiter: '\ud83d' },
    { csv: 'a', separator: ';' },
  ])('fails for %j', async (input) => {
    await expect(issuesOf(input)).resolves.toHaveLength(1);
  });

  test('fits the result that the handler returns', async () => {
    const csv = 'a,b,c,d,e\n1,x,true,2024-01-31,\n';
    const result = await summarize({ csv, signal: new AbortController().signal });

    expect(await summarizeCsv.output?.['~standard'].validate(result)).toEqual({ value: result });
    expect(handler).toMatchObject({ kind: 'job-handler', definition: { type: 'summarize-csv' } });
  });
});
