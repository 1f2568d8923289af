import { defineJob } from 'async-endpoints';
import * as z from 'zod/mini';
import { speakEnglish } from '../messages.ts';

speakEnglish();

const attempts = z.int().check(z.minimum(0), z.maximum(1000));

/** Does nothing for a while: for trying things out, and for seeing what failures and crashes do to a job and its neighbours. */
export const sleep = defineJob({
  type: 'sleep',
  input: z.strictObject({
    seconds: z.number().check(z.minimum(0), z.maximum(900)),
    /** The first so many attempts throw. */
    failTimes: z.optional(attempts),
    /** The first so many attempts end their process, and everything else in it. */
    crashTimes: z.optional(attempts),
  }),
  output: z.object({ slept: z.number() }),
});
