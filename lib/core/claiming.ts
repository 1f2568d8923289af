import type { Claim } from './change.ts';
import { appendHistory, type Job, type JobFields, type RunningJob } from './job.ts';
import { DUE_TOLERANCE_MS } from './policy.ts';
import type { Stored } from './stored.ts';

/**
 * The condition of a claim. A store must apply exactly this, in one step with the write: `queued` or `dispatched`, due, not
 * to be canceled, a suspect only alone, and a timeout that fits into the time left.
 */
export function canClaim(job: Job, claim: Claim): boolean {
  return (
    (job.status === 'queued' || job.status === 'dispatched') &&
    job.dueAt <= claim.now + DUE_TOLERANCE_MS &&
    job.cancelRequested === undefined &&
    (job.suspect === undefined || allowsSuspects(claim)) &&
    (claim.fitMs === undefined || job.timeoutMs <= claim.fitMs)
  );
}

/** Whether a suspect may start now: alone, and after the rest of its batch. */
export function allowsSuspects({ solo, suspectsWait = false }: Claim): boolean {
  return solo && !suspectsWait;
}

/** The job as an accepted claim leaves it. `nextAt` stays: moving it would cost an index write. */
export function claimedJob(job: JobFields, claim: Claim): RunningJob {
  const { dispatches: _, ...kept } = job;
  return {
    ...kept,
    status: 'running',
    attempt: job.attempt + 1,
    token: claim.token,
    solo: claim.solo,
    startedAt: claim.now,
    leaseUntil: claim.now + (claim.leaseMs ?? job.timeoutMs) + claim.leaseMarginMs,
    history: appendHistory(job.history, { status: 'running', at: claim.now, attempt: job.attempt + 1 }),
  } as RunningJob;
}

/** What a refused claim means, by a consistent read of what is there. */
export type Refusal =
  /** The claim had landed although its answer was lost. */
  | { readonly kind: 'mine'; readonly job: RunningJob }
  | { readonly kind: 'suspect' }
  /** Its time does not fit, or it became claimable only just now: either way a fresh message brings it back. */
  | { readonly kind: 'no-time' }
  | { readonly kind: 'not-due'; readonly dueAt: number }
  /** Dead letter of a job that is still failed. */
  | { readonly kind: 'failed' }
  /** Running elsewhere, final, or about to be canceled: the message has nothing left to do. */
  | { readonly kind: 'moved-on' }
  /** The producer has not completed or rejected the item yet; it will. */
  | { readonly kind: 'not-ready' }
  | { readonly kind: 'absent' };

export function explainRefusal(stored: Stored, claim: Claim): Refusal {
  if (stored.kind === 'absent') {
    return { kind: 'absent' };
  }
  if (stored.kind === 'malformed') {
    return { kind: 'not-ready' };
  }
  const { job } = stored;
  if (job.status === 'running' && job.token === claim.token) {
    return { kind: 'mine', job };
  }
  if (job.status === 'failed') {
    return { kind: 'failed' };
  }
  if ((job.status !== 'queued' && job.status !== 'dispatched') || job.cancelRequested !== undefined) {
    return { kind: 'moved-on' };
  }
  if (!stored.complete) {
    return { kind: 'not-ready' };
  }
  if (job.dueAt > claim.now + DUE_TOLERANCE_MS) {
    return { kind: 'not-due', dueAt: job.dueAt };
  }
  return job.suspect !== undefined && !allowsSuspects(claim) ? { kind: 'suspect' } : { kind: 'no-time' };
}
