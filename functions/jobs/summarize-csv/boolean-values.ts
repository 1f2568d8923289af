import type { TypedValues, ValueRange } from './typed-values.ts';

/** `true` and `false` in any case, as spreadsheets write them; `0`, `1`, `yes` and `no` are not booleans. */
export class BooleanValues implements TypedValues {
  readonly type = 'boolean';
  private hasTrue = false;
  private hasFalse = false;

  accept(text: string): boolean {
    // Both words are short: longer texts are refused without being copied.
    const word = text.length > 5 ? '' : text.toLowerCase();
    this.hasTrue ||= word === 'true';
    this.hasFalse ||= word === 'false';
    return word === 'true' || word === 'false';
  }

  toKey(text: string): string {
    return text.toLowerCase();
  }

  /** False comes before true. */
  toRange(): ValueRange {
    return { min: !this.hasFalse, max: this.hasTrue };
  }
}
