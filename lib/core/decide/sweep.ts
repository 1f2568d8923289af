import type { Change } from '../change.ts';
import {
  type DispatchedJob,
  FAILURE_REASONS,
  type FinalJob,
  isFinalJob,
  type JobError,
  type LiveJob,
  type QueuedJob,
  type RunningJob,
} from '../job.ts';
import { isLiveLane } from '../lanes.ts';
import { MAX_QUEUE_DELAY_MS } from '../policy.ts';
import type { Stored, StoredJob } from '../stored.ts';
import {
  asRead,
  buildChange,
  countUp,
  type DecisionContext,
  finalFields,
  graceMs,
  liveFields,
  unlistedFields,
} from './build-change.ts';
import { type Decision, refuse } from './decision.ts';
import { rejectMalformed } from './reject.ts';

/** What the producer does with a job that the index proposed: one rule for new, delayed, lost and crashed jobs. */
export function decideSweep(stored: Stored, context: DecisionContext): Decision {
  if (stored.kind === 'absent') {
    return refuse('wrong-status');
  }
  if (stored.kind === 'malformed') {
    return rejectMalformed(stored, stored.problem, context);
  }
  const { job } = stored;
  if (isFinalJob(job)) {
    return isLiveLane(job.lane) ? moveLane(job, stored, context) : refuse('wrong-status');
  }
  if (job.nextAt > context.now) {
    return refuse('not-yet');
  }
  if (job.status === 'running') {
    return sweepRunning(job, stored, context);
  }
  if (job.cancelRequested !== undefined) {
    return { kind: 'change', change: toCanceled(job, stored, context) };
  }
  return dispatch(job, stored, context);
}

function dispatch(job: QueuedJob | DispatchedJob, stored: StoredJob, context: DecisionContext): Decision {
  const delayMs = Math.max(0, job.dueAt - context.now);
  if (delayMs > MAX_QUEUE_DELAY_MS) {
    return {
      kind: 'change',
      change: buildChange(
        job,
        { event: 'postpone', to: 'queued', guard: asRead(stored), set: liveFields(job, job.dueAt, context.policy) },
        context,
        stored.complete,
      ),
    };
  }
  const dispatches = countUp(job.status === 'dispatched' ? (job.dispatches ?? 1) : 0);
  const nextAt = context.now + delayMs + graceMs(dispatches, context.policy);
  return {
    kind: 'change',
    change: buildChange(
      job,
      {
        event: 'dispatch',
        to: 'dispatched',
        guard: asRead(stored),
        set: { dispatches, ...liveFields(job, nextAt, context.policy) },
      },
      context,
      stored.complete,
    ),
    send: { delayMs },
  };
}

function sweepRunning(job: RunningJob, stored: StoredJob, context: DecisionContext): Decision {
  if (job.leaseUntil > context.now) {
    return {
      kind: 'change',
      change: buildChange(
        job,
        { event: 'await-lease', to: 'running', guard: asRead(stored), set: { nextAt: job.leaseUntil } },
        context,
        stored.complete,
      ),
    };
  }
  if (job.cancelRequested !== undefined) {
    return { kind: 'change', change: toCanceled(job, stored, context) };
  }
  return endLease(job, stored, context);
}

/**
 * A lease that ran out means that nobody runs the job. A run that was alone in its invocation is charged with the crash;
 * among others it cannot be told who was to blame, so nobody is charged. Either way the job is suspect and runs alone from now
 * on: whoever is to blame can then hurt and charge only itself. The token is removed: a worker that comes back must not take this write for its own.
 */
function endLease(job: RunningJob, stored: StoredJob, context: DecisionContext): Decision {
  const crashes = job.solo ? countUp(job.crashes) : job.crashes;
  if (job.solo && crashes >= job.maxCrashes) {
    const error: JobError = {
      name: FAILURE_REASONS.crashed,
      message: `The run ended without a word ${crashes} times: out of memory, process exit or time-out of the function.`,
      attempt: job.attempt,
      at: context.now,
    };
    return {
      kind: 'change',
      change: buildChange(
        job,
        {
          event: 'lease-ended',
          to: 'failed',
          guard: asRead(stored),
          set: { crashes, error, ...finalFields(job.id, 'failed', context) },
          remove: ['token', ...unlistedFields('failed', context.policy)],
          detail: error.name,
        },
        context,
        stored.complete,
      ),
      deadLetter: { reason: error.name, detail: error.message },
    };
  }
  return {
    kind: 'change',
    change: buildChange(
      job,
      {
        event: 'lease-ended',
        to: 'dispatched',
        guard: asRead(stored),
        set: {
          crashes,
          dispatches: 1,
          suspect: true,
          ...liveFields(job, context.now + graceMs(1, context.policy), context.policy),
        },
        remove: ['token'],
        detail: job.solo ? 'crashed' : 'suspect',
      },
      context,
      stored.complete,
    ),
    send: { delayMs: 0 },
  };
}

function toCanceled(job: LiveJob, stored: StoredJob, context: DecisionContext): Change {
  return buildChange(
    job,
    {
      event: 'honor-cancel',
      to: 'canceled',
      guard: asRead(stored),
      set: finalFields(job.id, 'canceled', context),
      remove: ['token', ...unlistedFields('canceled', context.policy)],
    },
    context,
    stored.complete,
  );
}

function moveLane(job: FinalJob, stored: StoredJob, context: DecisionContext): Decision {
  const { status } = job;
  const { lane, nextAt } = finalFields(job.id, status, context, job.finishedAt);
  return {
    kind: 'change',
    change: buildChange(
      job,
      {
        event: 'move-lane',
        to: status,
        guard: asRead(stored),
        set: lane === undefined || nextAt === undefined ? {} : { lane, nextAt },
        remove: unlistedFields(status, context.policy),
      },
      context,
      stored.complete,
    ),
  };
}
