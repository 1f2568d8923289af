import type { Change, Guard } from '../change.ts';
import { appendHistory, FOREIGN_FIELDS, JOB_FIELDS, type Job, type JobFields } from '../job.ts';
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
  /** What goes besides the fields that are foreign to the new status. */
  readonly remove?: readonly (keyof JobFields)[];
  /** Why, for the history; the entry is left out when the status stays and nothing is to be told. */
  readonly detail?: string;
  /** Of the person whose word it is, for the history. */
  readonly token?: string | undefined;
}

/** One more; a count that somebody has put in by hand may be the last one that can be told. */
export function countUp(count: number): number {
  return Math.min(count + 1, Number.MAX_SAFE_INTEGER);
}

/** The condition that nothing happened to the job since it was read. */
export function asRead(stored: StoredJob): Guard {
  return { kind: 'as-read', seen: stored.seen };
}

/**
 * Completes a planned transition: checks it against the table of transitions, writes its history entry, and removes what the
 * new status must not have. A job that was not complete is written whole, so that the next reader finds every field.
 */
export function buildChange(job: JobFields, plan: ChangePlan, context: DecisionContext, complete = true): Change {
  assertAllowed(plan.event, job.status, plan.to);
  const history =
    plan.to === job.status && plan.detail === undefined
      ? job.history
      : appendHistory(job.history, {
          status: plan.to,
          at: context.now,
          attempt: job.attempt,
          ...(plan.detail === undefined ? {} : { detail: plan.detail }),
          ...(plan.token === undefined ? {} : { token: plan.token }),
        });
  const foreign = FOREIGN_FIELDS[plan.to];
  const unwanted = plan.remove === undefined ? foreign : [...foreign, ...plan.remove];
  const set = {
    ...plan.set,
    ...(plan.to === job.status ? undefined : { status: plan.to }),
    ...(history === job.history ? undefined : { history }),
  };
  const after = omit({ ...job, ...set }, unwanted);
  return {
    id: job.id,
    event: plan.event,
    from: job.status,
    at: context.now,
    guard: plan.guard,
    set: complete ? set : withoutKey(after),
    remove: complete ? toRemove(job, unwanted, plan.guard) : JOB_FIELDS.filter((field) => after[field] === undefined),
    // The plan put in exactly what its status needs; the property tests hold it to that.
    after: after as Job,
  };
}

export function assertAllowed(event: EventName, from: Status | undefined, to: Status): void {
  if (!isAllowed(event, from, to)) {
    throw new Error(`Not in the table of transitions: ${event} from ${from} to ${to}. Add it there first.`);
  }
}

/**
 * Under the condition that nothing happened since the job was read, what it did not have need not be removed. Any other guard
 * lets things happen in between (a cancel request while the job ran, above all), so there everything unwanted is named.
 */
function toRemove(job: JobFields, unwanted: readonly (keyof JobFields)[], guard: Guard): readonly (keyof JobFields)[] {
  return guard.kind === 'as-read' ? unwanted.filter((field) => job[field] !== undefined) : unwanted;
}

/** The live lane that a job is in, or else the one of its id. */
export function liveLaneOf(job: JobFields, policy: Policy): string {
  return isLiveLane(job.lane) ? job.lane : laneOf(job.id, 'live', policy);
}

/** What a live job needs: its lane and when to look again. A job that was final goes back to the live lane of its id. */
export function liveFields(job: JobFields, nextAt: number, policy: Policy): Partial<JobFields> {
  const lane = liveLaneOf(job, policy);
  return { nextAt, ...(lane === job.lane ? {} : { lane }) };
}

/** What a final job needs: when it ended, when it may be deleted (a whole second), and the lane that lists it, if one does. */
export function finalFields(
  id: string,
  status: FinalStatus,
  context: DecisionContext,
  endedAt = context.now,
): Partial<JobFields> {
  const expiresAt = Math.ceil((endedAt + context.policy.retentionMs) / 1_000) * 1_000;
  const ended = { finishedAt: endedAt, expiresAt };
  const kind = status === 'failed' ? 'failed' : 'completed';
  return isListed(status, context.policy)
    ? { ...ended, lane: laneOf(id, kind, context.policy), nextAt: endedAt }
    : ended;
}

/** What a final job must not have where its kind is not listed: a place in the index. */
export function unlistedFields(status: FinalStatus, policy: Policy): readonly (keyof JobFields)[] {
  return isListed(status, policy) ? [] : ['lane', 'nextAt'];
}

function isListed(status: FinalStatus, policy: Policy): boolean {
  return status === 'failed' || policy.listCompleted;
}

/** How long to wait for a message to be claimed; doubled each time it had to be sent again. */
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

/** What is written of a job whose item lacks fields: all of it but its key, and its input, which stays as its author wrote it. */
function withoutKey({ id: _id, input: _input, ...fields }: JobFields): Partial<JobFields> {
  return fields;
}

function omit(fields: JobFields, keys: readonly (keyof JobFields)[]): JobFields {
  if (!keys.some((key) => fields[key] !== undefined)) {
    return fields;
  }
  return Object.fromEntries(
    Object.entries(fields).filter(([key]) => !keys.some((removed) => removed === key)),
  ) as unknown as JobFields;
}
