import type { TypedValues, ValueRange } from './typed-values.ts';

const isSurrogate = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdfff;

/**
 * Order by code point. It differs from `<` only where one text has a character beyond U+FFFF, which is stored as two
 * surrogates and would sort before U+E000.
 */
export const compareByCodePoint = (left: string, right: string): number => {
  const length = Math.min(left.length, right.length);
  for (let index = 0; index < length; index += 1) {
    const [a, b] = [left.charCodeAt(index), right.charCodeAt(index)];
    if (a !== b) {
      return isSurrogate(a) === isSurrogate(b) ? a - b : Number(isSurrogate(a)) - Number(isSurrogate(b));
    }
  }
  return left.length - right.length;
};

export class TextValues implements TypedValues {
  readonly type = 'text';
  private min: string | null = null;
  private max: string | null = null;

  accept(text: string): boolean {
    if (this.min === null || compareByCodePoint(text, this.min) < 0) this.min = text;
    if (this.max === null || compareByCodePoint(text, this.max) > 0) this.max = text;
    return true;
  }

  toKey(text: string): string {
    return text;
  }

  toRange(): ValueRange {
    return { min: this.min, max: this.max };
  }
}
