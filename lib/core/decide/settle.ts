import type { Guard } from '../change.ts';
import { FAILURE_REASONS, type JobError, type JobFields, type RunningJob } from '../job.ts';
import { UNKNOWN_TYPE_PATIENCE_MS } from '../policy.ts';
import type { EventName } from '../transitions.ts';
import {
  buildChange,
  type ChangePlan,
  countUp,
  type DecisionContext,
  finalFields,
  liveFields,
  unlistedFields,
  waitingFields,
} from './build-change.ts';
import type { Decision } from './decision.ts';

/** How a run ended, or what it tells while it lasts. */
export type RunEvent =
  | { readonly name: 'complete'; readonly result: string; readonly progress?: string }
  | {
      readonly name: 'fail';
      readonly error: { readonly name: string; readonly message: string };
      /** Trying again cannot help. */
      readonly permanent: boolean;
      /** When to try again, if any failures are left. */
      readonly delayMs: number;
    }
  | { readonly name: 'unknown-type'; readonly delayMs: number }
  | { readonly name: 'interrupt' }
  | { readonly name: 'progress'; readonly value: string };

/**
 * What a worker writes about its own run. Every such write is fenced by attempt and token; every outcome but `complete` gives
 * way to a cancel request.
 */
export function decideSettle(job: RunningJob, event: RunEvent, context: DecisionContext): Decision {
  if (event.name === 'progress') {
    return {
      kind: 'change',
      change: buildChange(
        job,
        { event: 'progress', to: 'running', guard: ownRun(job, false), set: { progress: event.value } },
        context,
      ),
    };
  }
  if (event.name === 'complete') {
    return {
      kind: 'change',
      change: buildChange(
        job,
        {
          event: 'complete',
          to: 'completed',
          guard: ownRun(job, false),
          set: {
            result: event.result,
            ...(event.progress === undefined ? {} : { progress: event.progress }),
            ...finalFields(job.id, 'completed', context),
          },
          remove: unlistedFields('completed', context.policy),
        },
        context,
      ),
    };
  }
  if (job.cancelRequested !== undefined) {
    return {
      kind: 'change',
      change: buildChange(
        job,
        {
          event: event.name,
          to: 'canceled',
          guard: ownRun(job, false),
          set: finalFields(job.id, 'canceled', context),
          remove: unlistedFields('canceled', context.policy),
        },
        context,
      ),
    };
  }
  switch (event.name) {
    case 'fail':
      return settleFailure(job, event, context);
    case 'unknown-type':
      return settleUnknownType(job, event.delayMs, context);
    case 'interrupt':
      // It ran, so its type is known here: the patience with unknown types starts anew.
      return backToTable(
        job,
        { event: 'interrupt', delayMs: 0, remove: ['unknownTypeSince'], detail: 'interrupted' },
        context,
      );
  }
}

function settleFailure(
  job: RunningJob,
  event: Extract<RunEvent, { name: 'fail' }>,
  context: DecisionContext,
): Decision {
  const failures = countUp(job.failures);
  const error: JobError = { ...event.error, attempt: job.attempt, at: context.now };
  if (event.permanent || failures >= job.maxAttempts) {
    return toFailed(job, 'fail', error, { failures }, context);
  }
  const waiting = waitingFields(job, event.delayMs, context);
  return {
    kind: 'change',
    change: buildChange(
      job,
      {
        event: 'fail',
        to: waiting.to,
        guard: ownRun(job, true),
        set: { failures, error, ...waiting.set },
        remove: ['unknownTypeSince'],
        detail: error.name,
      },
      context,
    ),
    ...(waiting.send ? { send: { delayMs: event.delayMs } } : {}),
  };
}

function settleUnknownType(job: RunningJob, delayMs: number, context: DecisionContext): Decision {
  // What a raw put calls the future is now: patience that has not begun would never end.
  const since = Math.min(job.unknownTypeSince ?? context.now, context.now);
  if (context.now - since >= UNKNOWN_TYPE_PATIENCE_MS) {
    const error: JobError = {
      name: FAILURE_REASONS.unknownType,
      message: `No consumer knew the job type "${job.type}" for an hour. Deploy one that does, then retry the job.`,
      attempt: job.attempt,
      at: context.now,
    };
    return toFailed(job, 'unknown-type', error, {}, context);
  }
  return backToTable(
    job,
    { event: 'unknown-type', delayMs, set: { unknownTypeSince: since }, detail: FAILURE_REASONS.unknownType },
    context,
  );
}

function toFailed(
  job: RunningJob,
  event: EventName,
  error: JobError,
  set: Partial<JobFields>,
  context: DecisionContext,
): Decision {
  return {
    kind: 'change',
    change: buildChange(
      job,
      {
        event,
        to: 'failed',
        guard: ownRun(job, true),
        set: { ...set, error, ...finalFields(job.id, 'failed', context) },
        remove: unlistedFields('failed', context.policy),
        detail: error.name,
      },
      context,
    ),
    deadLetter: { reason: error.name, detail: error.message },
  };
}

/** The job waits in the table, uncharged, until the producer finds it due. */
function backToTable(
  job: RunningJob,
  plan: Pick<ChangePlan, 'event' | 'set' | 'remove' | 'detail'> & { readonly delayMs: number },
  context: DecisionContext,
): Decision {
  const { delayMs, ...rest } = plan;
  const dueAt = context.now + delayMs;
  return {
    kind: 'change',
    change: buildChange(
      job,
      {
        ...rest,
        to: 'queued',
        guard: ownRun(job, true),
        set: { ...plan.set, dueAt, ...liveFields(job, dueAt, context.policy) },
      },
      context,
    ),
  };
}

function ownRun(job: RunningJob, unlessCancelRequested: boolean): Guard {
  return { kind: 'own-run', attempt: job.attempt, token: job.token, unlessCancelRequested };
}
