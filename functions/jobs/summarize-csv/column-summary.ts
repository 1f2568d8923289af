import { BooleanValues } from './boolean-values.ts';
import { DateValues } from './date-values.ts';
import { NumberValues } from './number-values.ts';
import { TextValues } from './text-values.ts';
import type { TypedValues, ValueRange } from './typed-values.ts';

export interface ColumnResult extends ValueRange {
  name: string;
  type: TypedValues['type'];
  count: number;
  nulls: number;
  distinct: number;
}

/**
 * What is known of a column so far. It starts as every type at once and drops a type at the first value that is not of
 * it, so one pass decides; text never drops out. A column without values is text.
 */
export class ColumnSummary {
  private readonly name: string;
  private readonly texts = new Set<string>();
  private readonly fallback = new TextValues();
  private candidates: readonly TypedValues[] = [new NumberValues(), new BooleanValues(), new DateValues()];
  private count = 0;
  private nulls = 0;

  constructor(name: string) {
    this.name = name;
  }

  add(field: string): void {
    if (field === '') {
      this.nulls += 1;
      return;
    }
    this.count += 1;
    this.texts.add(field);
    this.fallback.accept(field);
    if (this.candidates.length > 0) {
      this.candidates = this.candidates.filter((values) => values.accept(field));
    }
  }

  toResult(): ColumnResult {
    const values = (this.count > 0 ? this.candidates[0] : undefined) ?? this.fallback;
    const distinct = new Set([...this.texts].map((text) => values.toKey(text))).size;
    return {
      name: this.name,
      type: values.type,
      count: this.count,
      nulls: this.nulls,
      distinct,
      ...values.toRange(),
    };
  }
}
