export interface ValueRange {
  /** Null when there was no value. */
  min: number | boolean | string | null;
  max: number | boolean | string | null;
  /** Numbers only. */
  mean?: number;
}

/** The values of a column, read as one type. */
export interface TypedValues {
  readonly type: 'number' | 'date' | 'boolean' | 'text';
  /** Takes a value in, or answers false when it is not of this type; after that the rest is of no use. */
  accept(text: string): boolean;
  /** The same for texts that mean the same value (`1` and `1.0`), different for others. */
  toKey(text: string): string;
  toRange(): ValueRange;
}
