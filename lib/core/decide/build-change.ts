import type { Change, Guard } from '../change.ts';
import { appendHistory, type Job, type JobFields } from '../job.ts';
import { isLiveLane, laneOf } from '../lanes.ts';
import { MAX_DISPATCH_GRACE_MS, MAX_QUEUE_DELAY_MS, type Policy } from '../policy.ts';
import type { FinalStatus, Status } from '../status.ts';
import type { StoredJob } from '../stored.ts';
import { type EventName, isAllowed } from '../transitions.ts';

/** When and under which policy a decision is made. */
export interface DecisionContext {
  readonly now: number;
  readonly policy: Policy;
}

export interface ChangePlan {
  readonly event: EventName;
  readonly to: Status;
  readonly guard: Guard;
  readonly set?: Partial<JobFields>;
  readonly remove?: readonly (keyof JobFields)[];
  /** Why, for the history; the entry is left out when the status stays and nothing is to be told. */
  readonly detail?: string;
}

/** The condition that nothing happened to the job since it was read. */
export function asRead(stored: StoredJob): Guard {
  return { kind: 'as-read', seen: stored.seen };
}

/**
 * Completes a planned transition: checks it against the table of transitions, writes its history entry, and leaves out what
 * the job never had. A job that was not complete is written whole, so that the next reader finds every field.
 */
export function buildChange(
  job: JobFields,
  plan: ChangePlan,
  context: DecisionContext,
  complete = true,
  from: Status | undefined = job.status,
): Change {
  if (!isAllowed(plan.event, from, plan.to)) {
    throw new Error(`Not in the table of transitions: ${plan.event} from ${from} to ${plan.to}. Add it there first.`);
  }
  const history =
    plan.to === from && plan.detail === undefined
      ? job.history
      : appendHistory(job.history, {
          status: plan.to,
          at: context.now,
          attempt: job.attempt,
          ...(plan.detail === undefined ? {} : { detail: plan.detail }),
        });
  const remove = (plan.remove ?? []).filter((field) => job[field] !== undefined);
  const set: Partial<JobFields> = {
    ...plan.set,
    ...(plan.to === from ? {} : { status: plan.to }),
    ...(history === job.history ? {} : { history }),
  };
  const after = omit({ ...job, ...set }, remove);
  const { id: _id, input: _input, ...filled } = after;
  return {
    id: job.id,
    event: plan.event,
    from,
    guard: plan.guard,
    set: complete ? set : filled,
    remove,
    // The plan put in exactly what its status needs; the property tests hold it to that.
    after: after as Job,
  };
}

/** Fields that no job keeps when a run ends; the token stays, it tells a worker whether its own write landed. */
export const RUN_FIELDS = ['leaseUntil', 'solo', 'cancelRequested'] as const satisfies readonly (keyof JobFields)[];

/** What a live job needs: its lane and when to look again. A job that was final goes back to the live lane of its id. */
export function liveFields(job: JobFields, nextAt: number, policy: Policy): Partial<JobFields> {
  const lane = job.lane !== undefined && isLiveLane(job.lane) ? job.lane : laneOf(job.id, 'live', policy);
  return { nextAt, ...(lane === job.lane ? {} : { lane }) };
}

/** What a final job needs: when it ended, when it may be deleted, and the lane that lists it, if one does. */
export function finalFields(
  id: string,
  status: FinalStatus,
  context: DecisionContext,
  endedAt = context.now,
): Partial<JobFields> {
  const ended = { finishedAt: endedAt, expiresAt: endedAt + context.policy.retentionMs };
  const kind = status === 'failed' ? 'failed' : 'completed';
  return isListed(status, context.policy)
    ? { ...ended, lane: laneOf(id, kind, context.policy), nextAt: endedAt }
    : ended;
}

/** What a final job must not have: marks of the run and, where final jobs are not listed, its place in the index. */
export function finalRemovals(status: FinalStatus, policy: Policy): readonly (keyof JobFields)[] {
  const marks = [...RUN_FIELDS, 'unknownTypeSince', 'dispatches'] as const;
  return isListed(status, policy) ? marks : [...marks, 'lane', 'nextAt'];
}

function isListed(status: FinalStatus, policy: Policy): boolean {
  return status === 'failed' || policy.listCompleted;
}

/** How long to wait for a message to be claimed; doubled with each time it had to be sent again. */
export function graceMs(dispatches: number, policy: Policy): number {
  return Math.min(MAX_DISPATCH_GRACE_MS, policy.dispatchGraceMs * 2 ** Math.max(0, dispatches - 1));
}

/** Where a live job waits: in the queue, as far as a queue can delay a message, else in the table. */
export function waitingFields(
  job: JobFields,
  delayMs: number,
  context: DecisionContext,
): { readonly to: 'queued' | 'dispatched'; readonly set: Partial<JobFields>; readonly send: boolean } {
  const dueAt = context.now + delayMs;
  if (delayMs > MAX_QUEUE_DELAY_MS) {
    return { to: 'queued', set: { dueAt, ...liveFields(job, dueAt, context.policy) }, send: false };
  }
  const nextAt = dueAt + graceMs(1, context.policy);
  return { to: 'dispatched', set: { dueAt, dispatches: 1, ...liveFields(job, nextAt, context.policy) }, send: true };
}

function omit(fields: JobFields, keys: readonly (keyof JobFields)[]): JobFields {
  return Object.fromEntries(
    Object.entries(fields).filter(([key]) => !keys.some((removed) => removed === key)),
  ) as unknown as JobFields;
}
