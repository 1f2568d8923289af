import { defineJob } from 'async-endpoints';
import * as z from 'zod/mini';

export const alwaysFails = defineJob({
  type: 'always-fails',
  input: z.object({}),
  retry: { maxAttempts: 3, initialDelaySeconds: 0.1 },
});
