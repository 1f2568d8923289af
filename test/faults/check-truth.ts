import { isFinal, isFinalJob, type Job } from '../../lib/core/index.ts';
import type { Effect } from './effects.ts';

/** How a job that was accepted must end, whatever died on the way. */
export interface Promised {
  readonly id: string;
  readonly status: 'completed' | 'failed';
  /** The name of the error, of a failed one. */
  readonly reason?: string;
}

/** Each entry names a job and says what is wrong with it. */
export interface Verdict {
  /** Accepted, and not final. */
  readonly lost: readonly string[];
  /** Ended more than once. */
  readonly duplicated: readonly string[];
  /** The table says something that did not happen, or something happened that may not. */
  readonly unexpected: readonly string[];
}

export interface Evidence {
  readonly promised: readonly Promised[];
  /** By id, as the table has them once nobody writes any more. */
  readonly jobs: ReadonlyMap<string, Job>;
  readonly effects: readonly Effect[];
  /** How often the log told of a job's end. A process that was killed may have told of less than it did, never of more. */
  readonly endings: ReadonlyMap<string, number>;
}

/** Compares what was promised, what the table says and what the handlers did. */
export function checkTruth({ promised, jobs, effects, endings }: Evidence): Verdict {
  const lost: string[] = [];
  const duplicated: string[] = [];
  const unexpected: string[] = [];
  const effectsOf = new Map<string, Effect[]>();
  for (const effect of effects) {
    const own = effectsOf.get(effect.jobId) ?? [];
    own.push(effect);
    effectsOf.set(effect.jobId, own);
  }
  for (const promise of promised) {
    const { id } = promise;
    const job = jobs.get(id);
    if (job === undefined || !isFinalJob(job)) {
      lost.push(`${id} is ${job?.status ?? 'absent'}`);
      continue;
    }
    const told = endings.get(id) ?? 0;
    const recorded = job.history.filter(({ status }) => isFinal(status)).length;
    if (told > 1 || recorded !== 1) duplicated.push(`${id} ended ${told} times in the log, ${recorded} in its history`);
    unexpected.push(...findLies(promise, job, effectsOf.get(id) ?? []).map((lie) => `${id}: ${lie}`));
  }
  return { lost, duplicated, unexpected };
}

function findLies(promise: Promised, job: Job, effects: readonly Effect[]): readonly string[] {
  const lies: string[] = [];
  const started = effects.filter(({ step }) => step === 'started').map(({ attempt }) => attempt);
  if (new Set(started).size !== started.length) lies.push(`an attempt began twice: ${started.join()}`);
  if (started.some((attempt) => attempt > job.attempt))
    lies.push(`attempt ${job.attempt}, but began ${started.join()}`);
  if (job.failures + job.crashes > job.attempt) lies.push(`${job.failures} failures and ${job.crashes} crashes`);
  if (job.status === promise.status) lies.push(...findFalseEnd(promise, job, effects));
  else
    lies.push(`${job.status} instead of ${promise.status}: ${JSON.stringify('error' in job ? job.error : undefined)}`);
  return lies;
}

/** What a status claims, and no handler has done. */
function findFalseEnd({ reason }: Promised, job: Job, effects: readonly Effect[]): readonly string[] {
  const did = (step: Effect['step'], attempt: number): boolean =>
    effects.some((effect) => effect.step === step && effect.attempt === attempt);
  const lies: string[] = [];
  if (job.status === 'completed') {
    if (!did('returned', job.attempt)) lies.push(`completed in attempt ${job.attempt}, which never returned`);
    if (job.result !== JSON.stringify({ attempt: job.attempt })) lies.push(`result ${job.result} of another attempt`);
  }
  if (job.status === 'failed') {
    const { name, attempt } = job.error;
    const isTrue = name === 'crashed' ? job.crashes === job.maxCrashes : did('threw', attempt);
    if (name !== reason) lies.push(`failed as ${name} instead of ${reason}`);
    if (attempt !== job.attempt) lies.push(`failed in attempt ${attempt} of ${job.attempt}`);
    if (!isTrue) lies.push(`failed as ${name} in attempt ${attempt} after ${job.crashes} crashes, which is not so`);
  }
  return lies;
}
