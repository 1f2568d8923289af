import type { TypedValues, ValueRange } from './typed-values.ts';

/**
 * The forms of ISO 8601 that are read as dates: `2024-02-29`, and the same with a time: `T23:59`, `T23:59:59`,
 * `T23:59:59.123` (any number of digits), each also with `Z` or an offset such as `+02:00`. Week dates, ordinal dates and
 * the forms without separators are text.
 */
const ISO_DATE =
  /^(\d{4})-(\d{2})-(\d{2})(?:T([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d)(?:\.(\d+))?)?(?:Z|([+-])([01]\d|2[0-3]):([0-5]\d))?)?$/;

const LONGEST_OFFSET_SECONDS = 24 * 60 * 60;

/** Seconds from the day before the year 0000 to 1970, so that no instant is negative and all have the same width. */
const SECONDS_TO_1970 = -Date.UTC(-1, 11, 31) / 1000 + LONGEST_OFFSET_SECONDS;

const daysOfMonth = (year: number, month: number): number => {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
};

/**
 * A text that sorts as the instants do, or nothing when the text names no day of the calendar. A time without an offset
 * counts as UTC, a date without a time as its first moment.
 */
const toInstant = (text: string): string | undefined => {
  const match = ISO_DATE.exec(text);
  if (match === null) return undefined;
  const at = (group: number): number => Number(match[group] ?? 0);
  const [year, month, day] = [at(1), at(2), at(3)];
  if (month < 1 || month > 12 || day < 1 || day > daysOfMonth(year, month)) return undefined;

  const midnight = new Date(0).setUTCFullYear(year, month - 1, day) / 1000;
  const offset = (match[8] === '-' ? -1 : 1) * (at(9) * 3600 + at(10) * 60);
  const seconds = SECONDS_TO_1970 + midnight + at(4) * 3600 + at(5) * 60 + at(6) - offset;
  return `${String(seconds).padStart(12, '0')}.${(match[7] ?? '').replace(/0+$/, '')}`;
};

export class DateValues implements TypedValues {
  readonly type = 'date';
  private min: { readonly instant: string; readonly text: string } | undefined;
  private max: { readonly instant: string; readonly text: string } | undefined;

  accept(text: string): boolean {
    const instant = toInstant(text);
    if (instant === undefined) return false;
    if (this.min === undefined || instant < this.min.instant) this.min = { instant, text };
    if (this.max === undefined || instant > this.max.instant) this.max = { instant, text };
    return true;
  }

  /** The instant: the same moment written with two offsets is one value. */
  toKey(text: string): string {
    return toInstant(text) ?? text;
  }

  /** As they stand in the file; of texts for the same moment, the first. */
  toRange(): ValueRange {
    return { min: this.min?.text ?? null, max: this.max?.text ?? null };
  }
}
