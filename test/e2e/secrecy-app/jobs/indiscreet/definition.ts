import { defineJob } from 'async-endpoints';
import * as z from 'zod/mini';

export const HOWS = [
  'return',
  'return another shape',
  'return what is no JSON',
  'return the credentials',
  'report progress',
  'throw',
  'throw with a cause',
  'throw a text',
  'throw for good',
  'throw for later',
  'parse',
  'log',
] as const;

/** Gives away what it was told, in each way that a handler has. */
export const indiscreet = defineJob({
  type: 'indiscreet',
  input: z.object({ text: z.string(), how: z.enum(HOWS) }),
  output: z.union([z.string(), z.record(z.string(), z.string())]),
  retry: { maxAttempts: 2, initialDelaySeconds: 0.1 },
});
