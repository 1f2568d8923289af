import type { Readable } from 'node:stream';

/** A line longer than this is cut into several, so that a child that never ends its line cannot fill our memory. */
const MAX_LINE_LENGTH = 256 * 1024;

/** Calls back with every line of a child's output, without its line end; the last one also when it has none. */
export function readLines(stream: Readable, onLine: (text: string) => void): void {
  let rest = '';
  stream.setEncoding('utf8');
  stream.on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      onLine(line.endsWith('\r') ? line.slice(0, -1) : line);
    }
    while (rest.length > MAX_LINE_LENGTH) {
      onLine(rest.slice(0, MAX_LINE_LENGTH));
      rest = rest.slice(MAX_LINE_LENGTH);
    }
  });
  stream.on('end', () => {
    if (rest !== '') {
      onLine(rest);
      rest = '';
    }
  });
  // A broken pipe means that the child has ended, which its exit tells better.
  stream.on('error', () => {});
}
