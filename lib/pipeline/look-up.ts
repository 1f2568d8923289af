import { type Clock, codeOf, isFinalJob, type Job, type JobStore, type Stored } from '../core/index.ts';

interface LookUpPorts {
  readonly store: JobStore;
  readonly clock: Clock;
}

/** The job under an id as it stands now, or undefined. A malformed item is no job yet; the producer makes it one. */
export async function getJob({ store }: Pick<LookUpPorts, 'store'>, id: string): Promise<Job | undefined> {
  const [stored] = await store.read([id]);
  return jobIn(stored);
}

const FIRST_POLL_MS = 25;
const MAX_POLL_MS = 1_000;

export interface WaitOptions {
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
  /** The job as somebody saw it already. */
  readonly seen?: Job | undefined;
}

/**
 * Waits until the job is final or the time is over, and returns it as it stands then. Once the job has been seen, a store that
 * does not answer costs time only: what was seen last is still an answer.
 *
 * @throws AccessError when the job was never seen and cannot be read, or may not be
 */
export async function waitForJob(
  { store, clock }: LookUpPorts,
  id: string,
  { timeoutMs, signal, seen }: WaitOptions,
): Promise<Job | undefined> {
  const until = clock.now() + timeoutMs;
  let job = seen;
  let isAbsent = false;
  for (let pollMs = FIRST_POLL_MS; ; pollMs = Math.min(MAX_POLL_MS, pollMs * 1.5)) {
    try {
      const [stored] = await store.read([id]);
      job = jobIn(stored);
      // A malformed item is on its way to become a failed job.
      isAbsent = stored?.kind !== 'malformed' && job === undefined;
    } catch (error) {
      if (job === undefined || codeOf(error) !== 'unavailable') {
        throw error;
      }
    }
    const leftMs = until - clock.now();
    if (isAbsent || (job !== undefined && isFinalJob(job)) || leftMs <= 0 || signal?.aborted === true) {
      return job;
    }
    await clock.sleep(Math.min(pollMs, leftMs), signal);
  }
}

function jobIn(stored: Stored | undefined): Job | undefined {
  return stored?.kind === 'job' ? stored.job : undefined;
}
