import { PermanentError } from 'async-endpoints';
import type { CsvError } from 'csv-parse';

export interface BrokenCsv {
  readonly error: CsvError;
  readonly bytes: Buffer;
  /** Where the row that could not be read begins, or the empty lines before it. */
  readonly rowStart: number;
  /** Fields of the first row. */
  readonly columnCount: number;
}

const CR = 0x0d;
const LF = 0x0a;

const skipLineBreaks = (bytes: Buffer, start: number): number => {
  let position = start;
  while (bytes[position] === CR || bytes[position] === LF) position += 1;
  return position;
};

/** The parser counts a line break of two characters inside quotes twice, so lines are counted from the text. */
const countLine = (bytes: Buffer, end: number): number =>
  (bytes.toString('utf8', 0, end).match(/\r\n|\n|\r/g)?.length ?? 0) + 1;

/**
 * Says where a text stops being CSV: the line on which the broken row or field begins, and the number of the column. The
 * parser's own error is not kept as the cause, because it carries the row: what is in a file is not for logs.
 */
export function toPermanentError({ error, bytes, rowStart, columnCount }: BrokenCsv): PermanentError {
  const fieldsRead = Number(error['index']);
  const isRagged = error.code === 'CSV_RECORD_INCONSISTENT_FIELDS_LENGTH';
  const start = isRagged || fieldsRead === 0 ? rowStart : Number(error['bytes']);
  const line = countLine(bytes, skipLineBreaks(bytes, start));
  const column = (isRagged ? Math.min(fieldsRead, columnCount) : fieldsRead) + 1;
  return new PermanentError(`Line ${line}, column ${column}: ${describe({ error, fieldsRead, columnCount })}`);
}

function describe({
  error,
  fieldsRead,
  columnCount,
}: {
  error: CsvError;
  fieldsRead: number;
  columnCount: number;
}): string {
  switch (error.code) {
    case 'CSV_RECORD_INCONSISTENT_FIELDS_LENGTH':
      return `expected as many fields as the first row has (${columnCount}), got ${fieldsRead}.`;
    case 'CSV_QUOTE_NOT_CLOSED':
      return 'expected a closing quote, got the end of the text.';
    case 'CSV_INVALID_CLOSING_QUOTE':
      return 'expected a delimiter or a line break after the closing quote; write a quote inside a quoted field twice.';
    case 'INVALID_OPENING_QUOTE':
      return 'expected no quote inside a field without quotes; put the field in quotes and write its quotes twice.';
    default:
      return `expected CSV, got something the parser refuses (${error.code}).`;
  }
}
