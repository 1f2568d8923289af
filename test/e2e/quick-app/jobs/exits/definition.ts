import { defineJob } from 'async-endpoints';
import * as z from 'zod/mini';

/** Ends its process, and with it everything that runs beside it. */
export const exits = defineJob({
  type: 'exits',
  input: z.object({ by: z.enum(['exit', 'memory']) }),
  timeoutSeconds: 1,
});
