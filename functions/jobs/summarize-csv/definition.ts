import { defineJob } from 'async-endpoints';
import * as z from 'zod/mini';
import { speakEnglish } from '../messages.ts';

speakEnglish();

/** One character that cannot be mistaken for a quote or the end of a row. */
const delimiter = z
  .string()
  .check(
    z.regex(/^[^"\r\n\p{Surrogate}]$/u, 'Expected exactly one character that is neither a quote nor a line break'),
  );

/** `min`, `max` and `mean` have the column's own type; dates are texts in the form they have in the file. */
const column = z.object({
  name: z.string(),
  type: z.enum(['number', 'date', 'boolean', 'text']),
  /** Values that are not null. */
  count: z.number(),
  nulls: z.number(),
  distinct: z.number(),
  /** Null when the column has no value. */
  min: z.nullable(z.union([z.number(), z.boolean(), z.string()])),
  max: z.nullable(z.union([z.number(), z.boolean(), z.string()])),
  /** Numbers only. */
  mean: z.optional(z.number()),
});

/** Describes each column of a CSV text whose first row names the columns. */
export const summarizeCsv = defineJob({
  type: 'summarize-csv',
  input: z.strictObject({ csv: z.string(), delimiter: z.optional(delimiter) }),
  output: z.object({ rows: z.number(), columns: z.array(column) }),
});
