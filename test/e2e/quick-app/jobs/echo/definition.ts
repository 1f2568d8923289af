import { defineJob } from 'async-endpoints';
import * as z from 'zod/mini';

/** Answers its input, after a while if it is told to. */
export const echo = defineJob({
  type: 'echo',
  input: z.object({ text: z.string(), afterMs: z.optional(z.number()) }),
  output: z.string(),
  timeoutSeconds: 5,
});
