import { pipeline } from 'node:stream/promises';
import { setImmediate } from 'node:timers/promises';
import { CsvError, parse } from 'csv-parse';
import { toPermanentError } from './broken-csv.ts';

export interface ReadRowsOptions {
  readonly csv: string;
  readonly delimiter: string;
  readonly signal: AbortSignal;
  /** Called with the fields of each row in turn, the first row included. */
  readonly onRow: (fields: readonly string[]) => void;
}

/** Small enough that other jobs of the batch and their timers get their turn every few milliseconds. */
const CHUNK_BYTES = 64 * 1024;

async function* splitIntoChunks(bytes: Buffer): AsyncGenerator<Buffer> {
  for (let start = 0; start < bytes.length; start += CHUNK_BYTES) {
    yield bytes.subarray(start, start + CHUNK_BYTES);
    await setImmediate();
  }
}

/**
 * Parses a text as RFC 4180 says, with any of the three line breaks (also mixed), with or without a byte order mark. Empty
 * lines are skipped; in a file of one column a null is therefore written as `""`.
 *
 * @throws PermanentError with line and column when the text is no CSV
 */
export async function readRows({ csv, delimiter, signal, onRow }: ReadRowsOptions): Promise<void> {
  const bytes = Buffer.from(csv);
  let rowStart = 0;
  let columnCount = 0;
  const parser = parse({
    delimiter,
    bom: true,
    record_delimiter: ['\r\n', '\n', '\r'],
    skip_empty_lines: true,
    on_record: (fields: string[], info) => {
      rowStart = info.bytes;
      columnCount = fields.length;
      onRow(fields);
      // A row that has been taken in here is not sent on: nobody reads the parser's other end.
      return null;
    },
  });
  try {
    await pipeline(splitIntoChunks(bytes), parser, { signal });
  } catch (error) {
    signal.throwIfAborted();
    throw error instanceof CsvError ? toPermanentError({ error, bytes, rowStart, columnCount }) : error;
  }
}
