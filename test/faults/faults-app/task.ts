import { appendFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { type JobContext, PermanentError } from 'async-endpoints';
import * as z from 'zod/mini';

/** What a handler shall do, and the file in which it says what it did. */
export const taskInput = z.object({
  effects: z.string(),
  does: z.enum(['return', 'throw', 'give-up', 'exit', 'run-out-of-memory']),
  /** Only in its first so many attempts; then it returns. */
  times: z.optional(z.number()),
  afterMs: z.optional(z.number()),
});

export const taskOutput = z.object({ attempt: z.number() });

/** Notes its steps with one append each: nothing that a killed process has said gets lost, and no two lines mix. */
export async function perform(
  { effects, does, times = 1_000, afterMs = 0 }: z.infer<typeof taskInput>,
  { jobId, attempt }: Pick<JobContext, 'jobId' | 'attempt'>,
): Promise<z.infer<typeof taskOutput>> {
  const note = (step: 'started' | 'returned' | 'threw'): void =>
    appendFileSync(effects, `${JSON.stringify({ jobId, attempt, step })}\n`);
  note('started');
  await setTimeout(afterMs);
  if (attempt <= times) {
    if (does === 'exit') process.exit(3);
    if (does === 'run-out-of-memory') hoard();
    if (does === 'throw' || does === 'give-up') {
      note('threw');
      throw does === 'throw' ? new RangeError('not this time') : new PermanentError('never');
    }
  }
  note('returned');
  return { attempt };
}

function hoard(): never {
  const kept: number[][] = [];
  for (;;) kept.push(Array.from({ length: 100_000 }, Math.random));
}
