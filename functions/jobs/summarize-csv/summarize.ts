import { PermanentError } from 'async-endpoints';
import { type ColumnResult, ColumnSummary } from './column-summary.ts';
import { readRows } from './read-rows.ts';

export interface SummarizeOptions {
  readonly csv: string;
  readonly delimiter?: string | undefined;
  readonly signal: AbortSignal;
}

export interface Summary {
  rows: number;
  columns: ColumnResult[];
}

/**
 * Reads the text once, row by row, and keeps only what the summary needs: a few numbers and the different values of each
 * column. Columns stay apart by their place, so empty and repeated names are reported as they stand.
 *
 * @throws PermanentError with line and column when the text is no CSV: it will be none the next time either.
 */
export async function summarize({ csv, delimiter = ',', signal }: SummarizeOptions): Promise<Summary> {
  let columns: readonly ColumnSummary[] | undefined;
  let rows = 0;
  const onRow = (fields: readonly string[]): void => {
    if (columns === undefined) {
      columns = fields.map((name) => new ColumnSummary(name));
      return;
    }
    rows += 1;
    for (const [index, column] of columns.entries()) {
      column.add(fields[index] ?? '');
    }
  };

  await readRows({ csv, delimiter, signal, onRow });
  if (columns === undefined) {
    throw new PermanentError('Line 1, column 1: expected a row that names the columns, but the text has no row.');
  }
  return { rows, columns: columns.map((column) => column.toResult()) };
}
