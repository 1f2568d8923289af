import { defineJob } from 'async-endpoints';
import * as z from 'zod/mini';

/** Takes as long as its input says, so that it is known how many of them a consumer can do. */
export const timed = defineJob({
  type: 'timed',
  input: z.object({ workMs: z.number(), filling: z.string() }),
  output: z.null(),
});
