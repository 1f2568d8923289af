import type { Readable } from 'node:stream';

/** So much is read at the most, to let a receiver finish in peace; then the connection is cut. */
const MAX_BYTES = 16_384;
const MAX_MS = 2_000;
/** So much is kept of it. */
const MAX_CHARACTERS = 200;

/** The beginning of a body in one line. Never rejects: what cannot be read is left out. */
export async function readExcerpt(body: Readable): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  if (body.destroyed) return '';
  await new Promise<void>((resolve) => {
    const timer = setTimeout(() => body.destroy(), MAX_MS);
    body.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes >= MAX_BYTES) body.destroy();
    });
    body.on('error', () => {});
    body.once('close', () => {
      clearTimeout(timer);
      resolve();
    });
  });
  return toLine(Buffer.concat(chunks).toString('utf8'));
}

function toLine(text: string): string {
  const line = text
    .slice(0, MAX_CHARACTERS * 4)
    .replaceAll(/[\s\p{Cc}]+/gu, ' ')
    .trim();
  const characters = [...line];
  return characters.length <= MAX_CHARACTERS ? line : `${characters.slice(0, MAX_CHARACTERS).join('')}…`;
}
