import { readFile } from 'node:fs/promises';

/** What a handler has done, as it noted it itself. */
export interface Effect {
  readonly jobId: string;
  readonly attempt: number;
  readonly step: 'started' | 'returned' | 'threw';
}

/** In the order in which things happened, over all processes. */
export async function readEffects(path: string): Promise<readonly Effect[]> {
  const text = await readFile(path, 'utf8');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Effect);
}
