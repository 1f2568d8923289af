import { type Clock, isFinalJob, type Job, type JobStore, type Stored } from '../core/index.ts';

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

/** Waits until the job is final or the time is over, and returns it as it stands then. */
export async function waitForJob(
  { store, clock }: LookUpPorts,
  id: string,
  options: { readonly timeoutMs: number; readonly signal?: AbortSignal | undefined },
): Promise<Job | undefined> {
  const until = clock.now() + options.timeoutMs;
  for (let pollMs = FIRST_POLL_MS; ; pollMs = Math.min(MAX_POLL_MS, pollMs * 1.5)) {
    const job = await getJob({ store }, id);
    const leftMs = until - clock.now();
    if (job === undefined || isFinalJob(job) || leftMs <= 0 || options.signal?.aborted === true) {
      return job;
    }
    await clock.sleep(Math.min(pollMs, leftMs), options.signal);
  }
}

function jobIn(stored: Stored | undefined): Job | undefined {
  return stored?.kind === 'job' ? stored.job : undefined;
}
