/** Told instead of nothing: queues refuse empty attributes, and an error without a word helps nobody. */
const NOTHING = '(nothing)';

/**
 * Text that every store, queue and log can hold: without control characters other than tabs and line ends, without halves of
 * surrogate pairs, not empty, at most `maxLength` long. Source: the characters that SQS accepts.
 */
export function toPlainText(text: string, maxLength: number): string {
  const plain = text
    .slice(0, maxLength)
    .replaceAll(/[\p{Cc}\p{Cs}\p{Noncharacter_Code_Point}]/gu, (character) =>
      '\t\n\r'.includes(character) ? character : '\ufffd',
    );
  return plain === '' ? NOTHING : plain;
}
