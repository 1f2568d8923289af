import { defineJob } from 'async-endpoints';
import * as z from 'zod/mini';

export const noOp = defineJob({
  type: 'no-op',
  input: z.looseObject({}),
  output: z.null(),
  retry: { maxAttempts: 5, initialDelaySeconds: 0 },
});
