import type { Guard } from '../change.ts';
import type { FinalJob, JobFields } from '../job.ts';
import { MAX_QUEUE_DELAY_MS } from '../policy.ts';
import type { StoredJob } from '../stored.ts';
import {
  asRead,
  buildChange,
  type DecisionContext,
  finalFields,
  liveFields,
  liveLaneOf,
  unlistedFields,
  waitingFields,
} from './build-change.ts';
import { type Decision, refuse } from './decision.ts';

/** A caller wants the job stopped: at once where nobody runs it, else as a request that its next outcome obeys. */
export function decideCancel(stored: StoredJob, context: DecisionContext, token?: string): Decision {
  const { job } = stored;
  switch (job.status) {
    case 'queued':
    case 'dispatched':
      return {
        kind: 'change',
        change: buildChange(
          job,
          {
            event: 'cancel',
            to: 'canceled',
            guard: asRead(stored),
            set: finalFields(job.id, 'canceled', context),
            remove: unlistedFields('canceled', context.policy),
            token,
          },
          context,
          stored.complete,
        ),
      };
    case 'running':
      return job.cancelRequested === undefined
        ? {
            kind: 'change',
            change: buildChange(
              job,
              {
                event: 'cancel',
                to: 'running',
                guard: asRead(stored),
                set: { cancelRequested: true },
                detail: 'cancel-requested',
                token,
              },
              context,
              stored.complete,
            ),
          }
        : refuse('already-requested');
    default:
      return refuse('wrong-status');
  }
}

/** A person re-opens a job that failed or was canceled: budgets and suspicion are reset, the attempt never. */
export function decideRetry(stored: StoredJob, context: DecisionContext, token?: string): Decision {
  const { job } = stored;
  return job.status === 'failed' || job.status === 'canceled'
    ? reopen(stored, job, { event: 'retry', guard: asRead(stored), token }, context)
    : refuse('wrong-status');
}

/** A dead letter came back: re-opens its job if that is still failed in the attempt that the letter names. */
export function decideRedrive(
  stored: StoredJob,
  { attempt, token }: { readonly attempt: number; readonly token?: string },
  context: DecisionContext,
): Decision {
  const { job } = stored;
  if (job.status !== 'failed') {
    return refuse('wrong-status');
  }
  return job.attempt === attempt
    ? reopen(stored, job, { event: 'redrive', guard: { kind: 'dead-letter', attempt }, token }, context)
    : refuse('other-attempt');
}

function reopen(
  { complete }: StoredJob,
  job: FinalJob,
  plan: { readonly event: 'retry' | 'redrive'; readonly guard: Guard; readonly token: string | undefined },
  context: DecisionContext,
): Decision {
  const waiting = waitingFields(job, 0, context);
  return {
    kind: 'change',
    change: buildChange(
      job,
      {
        ...plan,
        to: waiting.to,
        // The guard of a redrive does not look at the lane, so the job's place in the index is written whatever was read.
        set: { failures: 0, crashes: 0, lane: liveLaneOf(job, context.policy), ...waiting.set },
        remove: ['suspect', 'error', 'progress'],
        detail: plan.event,
      },
      context,
      complete,
    ),
    send: { delayMs: 0 },
  };
}

/** A message came before its job's time. Within a queue's reach it is sent again and the job stays as it is. */
export function decidePostpone(stored: StoredJob, context: DecisionContext): Decision {
  const job: JobFields = stored.job;
  if (job.status !== 'queued' && job.status !== 'dispatched') {
    return refuse('wrong-status');
  }
  if (job.dueAt - context.now <= MAX_QUEUE_DELAY_MS) {
    return refuse('not-yet');
  }
  return {
    kind: 'change',
    change: buildChange(
      job,
      {
        event: 'postpone',
        to: 'queued',
        guard: asRead(stored),
        set: liveFields(job, job.dueAt, context.policy),
      },
      context,
      stored.complete,
    ),
  };
}

/** The message of a dispatch was refused for certain: nobody needs to wait for its grace, which does not double for it. */
export function decideSendFailed(stored: StoredJob, context: DecisionContext): Decision {
  const { job } = stored;
  if (job.status !== 'dispatched') {
    return refuse('wrong-status');
  }
  const dispatches = Math.max(0, (job.dispatches ?? 1) - 1);
  return {
    kind: 'change',
    change: buildChange(
      job,
      { event: 'send-failed', to: 'dispatched', guard: asRead(stored), set: { dispatches, nextAt: context.now } },
      context,
      stored.complete,
    ),
  };
}
