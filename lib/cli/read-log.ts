import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { UsageError } from './errors.ts';

const STANDARD_INPUT = '-';

/**
 * Hands on the lines of a log, and the events of one that is a single JSON document, each as one line.
 *
 * @throws UsageError where there is nothing to read
 */
export async function* readLog(log: string, workingDirectory: string): AsyncGenerator<string> {
  try {
    const input = log === STANDARD_INPUT ? process.stdin : await openLog(resolve(workingDirectory, log));
    yield* unfold(createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY }));
  } catch (error) {
    throw new UsageError(explain(log, error));
  }
}

/** What CloudWatch Logs exports is compressed. */
async function openLog(path: string): Promise<Readable> {
  const isGzip = await startsLikeGzip(path);
  const input = createReadStream(path);
  if (!isGzip) {
    return input;
  }
  const text = createGunzip();
  input.on('error', (error) => text.destroy(error));
  return input.pipe(text);
}

async function startsLikeGzip(path: string): Promise<boolean> {
  const file = await open(path);
  try {
    const { buffer } = await file.read(Buffer.alloc(2), 0, 2, 0);
    return buffer[0] === 0x1f && buffer[1] === 0x8b;
  } finally {
    await file.close();
  }
}

function explain(log: string, error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    return `Expected --log to name a file, but there is no "${log}". Check the path, or give - to read standard input.`;
  }
  if (code === 'EISDIR') {
    return `Expected --log to name a file, but "${log}" is a directory. Name its files, each with a --log of its own.`;
  }
  if (code === 'EACCES' || code === 'EPERM') {
    return `Expected --log to name a file that you may read, but "${log}" is not one. Change its permissions or copy it.`;
  }
  if (typeof code === 'string' && code.startsWith('Z_')) {
    return `Expected "${log}" to be whole, since it is compressed, but it was cut or damaged. Fetch it again.`;
  }
  return `Expected --log to name a file that can be read, but "${log}" cannot: ${error instanceof Error ? error.message : String(error)}.`;
}

/** How a document begins that is not one event a line: the events of a command of `aws logs`, or the rows of Logs Insights. */
const DOCUMENT = /^\s*(?:\{\s*(?:$|"events"\s*:)|\[\s*(?:$|\{))/;

/** A document is kept in memory whole, a log of lines is not. */
async function* unfold(lines: AsyncIterable<string>): AsyncGenerator<string> {
  let document: string[] | undefined;
  let isFirst = true;
  for await (const line of lines) {
    if (isFirst && DOCUMENT.test(line)) {
      document = [];
    }
    isFirst &&= line.trim() === '';
    if (document === undefined) {
      yield line;
    } else {
      document.push(line);
    }
  }
  if (document !== undefined) {
    yield* toEvents(document.join('\n')) ?? document;
  }
}

/** Undefined for what is no such document, or was cut: its lines then speak for themselves. */
function toEvents(text: string): readonly string[] | undefined {
  try {
    const document = JSON.parse(text) as { readonly events?: unknown } | null;
    const events = Array.isArray(document) ? document : document?.events;
    return Array.isArray(events) ? events.map((event) => JSON.stringify(event)) : undefined;
  } catch {
    return undefined;
  }
}
