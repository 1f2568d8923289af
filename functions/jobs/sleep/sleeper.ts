import { setTimeout } from 'node:timers/promises';
import { type JobContext, PermanentError } from 'async-endpoints';

export interface SleeperOptions {
  readonly allowsCrashes: () => boolean;
  /** Ends the process; it does not return. */
  readonly crash: () => void;
}

export interface SleepInput {
  readonly seconds: number;
  readonly failTimes?: number | undefined;
  readonly crashTimes?: number | undefined;
}

/**
 * Sleeps first and fails or crashes afterwards, so that whatever shares the process is in the middle of its work by then.
 * Attempts are counted over the whole life of the job: one that has failed often enough succeeds, also after a retry by hand.
 */
export const createSleeper =
  ({ allowsCrashes, crash }: SleeperOptions) =>
  async (
    { seconds, failTimes = 0, crashTimes = 0 }: SleepInput,
    { attempt, signal }: Pick<JobContext, 'attempt' | 'signal'>,
  ): Promise<{ slept: number }> => {
    if ((failTimes > 0 || crashTimes > 0) && !allowsCrashes()) {
      throw new PermanentError(
        'failTimes and crashTimes are not allowed in this deployment: leave them out, or try them on the local stack.',
      );
    }
    await pause(seconds, signal);
    if (attempt <= crashTimes) crash();
    if (attempt <= failTimes) throw new Error(`Attempt ${attempt} fails, as the first ${failTimes} shall.`);
    return { slept: seconds };
  };

async function pause(seconds: number, signal: AbortSignal): Promise<void> {
  try {
    await setTimeout(seconds * 1000, undefined, { signal });
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  }
}
