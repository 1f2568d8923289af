/** The most bytes of JSON that an input or a result may have: a job's item holds both, and may have 400 KB. */
const MAX_JSON_BYTES = 180_000;

export type JsonText =
  | { readonly kind: 'json'; readonly text: string }
  | { readonly kind: 'unstorable'; readonly problem: string };

/** A value as JSON text, or why it has none. `undefined` is `null`. */
export function toJsonText(value: unknown): JsonText {
  let text: string | undefined;
  try {
    text = JSON.stringify(value === undefined ? null : value);
  } catch (error) {
    return { kind: 'unstorable', problem: `it is not JSON: ${error instanceof Error ? error.message : String(error)}` };
  }
  if (text === undefined) {
    return { kind: 'unstorable', problem: `it is not JSON: a ${typeof value}` };
  }
  const bytes = countBytes(text);
  if (bytes > MAX_JSON_BYTES) {
    return { kind: 'unstorable', problem: `it has ${bytes} bytes of JSON; at most ${MAX_JSON_BYTES} can be stored` };
  }
  return { kind: 'json', text };
}

/** JSON text with sorted keys: equal values have equal texts, whatever order their keys were written in. */
export function toCanonicalJson(text: string): string {
  return JSON.stringify(JSON.parse(text), (_key, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([left], [right]) => (left < right ? -1 : 1)))
      : part,
  );
}

function countBytes(text: string): number {
  return new TextEncoder().encode(text).length;
}
