import type { TypedValues, ValueRange } from './typed-values.ts';

/** Decimal notation, with or without an exponent. No spaces, no thousands separators, no `0x`, no `Infinity`. */
const DECIMAL = /^([+-]?)(?=\.?\d)(\d*)\.?(\d*)(?:[eE]([+-]?\d+))?$/;

export class NumberValues implements TypedValues {
  readonly type = 'number';
  private count = 0;
  private min = Number.POSITIVE_INFINITY;
  private max = Number.NEGATIVE_INFINITY;
  private sum = 0;
  /** What the additions to `sum` have rounded away so far. */
  private lost = 0;
  /** Less exact than the sum, but it cannot overflow. */
  private runningMean = 0;

  accept(text: string): boolean {
    if (!DECIMAL.test(text)) return false;
    // Adding 0 turns -0 into 0.
    const value = Number(text) + 0;
    if (!Number.isFinite(value)) return false;

    this.count += 1;
    this.min = Math.min(this.min, value);
    this.max = Math.max(this.max, value);
    const sum = this.sum + value;
    this.lost += Math.abs(this.sum) >= Math.abs(value) ? this.sum - sum + value : value - sum + this.sum;
    this.sum = sum;
    this.runningMean = this.runningMean * ((this.count - 1) / this.count) + value / this.count;
    return true;
  }

  /** Exact also where a double is not: two ids of twenty digits stay two. */
  toKey(text: string): string {
    const [, sign, whole = '', fraction = '', exponent = '0'] = DECIMAL.exec(text) ?? [];
    const digits = `${whole}${fraction}`.replace(/^0+/, '');
    const significant = digits.replace(/0+$/, '');
    if (significant === '') return '0';
    const power = Number(exponent) - fraction.length + digits.length - significant.length;
    return `${sign === '-' ? '-' : ''}${significant}e${power}`;
  }

  toRange(): ValueRange {
    const total = this.sum + this.lost;
    const mean = Number.isFinite(total) ? total / this.count : this.runningMean;
    return { min: this.min, max: this.max, mean: mean + 0 };
  }
}
