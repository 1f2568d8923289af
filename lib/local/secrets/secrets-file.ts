import { readFile } from 'node:fs/promises';

export type FoundSecret =
  | { readonly kind: 'found'; readonly value: string }
  /** In words that say what to do. */
  | { readonly kind: 'missing' | 'unreadable'; readonly reason: string };

/** Read each time: whoever edits the file sees the effect at once. The first of the names that the file has counts. */
export async function findSecret(path: string, names: readonly string[]): Promise<FoundSecret> {
  let text = '{}';
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) {
      return { kind: 'unreadable', reason: `${path} cannot be read: ${String(error)}` };
    }
  }
  const entries = parse(text);
  if (entries === undefined) return { kind: 'missing', reason: `${path} is not JSON: expected { "name": "value" }.` };
  const value = names.map((name) => entries.get(name)).find((entry) => typeof entry === 'string' && entry !== '');
  if (typeof value === 'string') return { kind: 'found', value };
  return { kind: 'missing', reason: `Add it to ${path}, as { "${names[0]}": "value" }.` };
}

/** Never with the parser's message: it quotes the text, which is a secret. */
function parse(text: string): ReadonlyMap<string, unknown> | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === 'object' && parsed !== null ? new Map(Object.entries(parsed)) : undefined;
  } catch {
    return undefined;
  }
}
