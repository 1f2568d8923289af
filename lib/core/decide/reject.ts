import {
  appendHistory,
  completedUnrun,
  FAILURE_REASONS,
  isFinalJob,
  JOB_FIELDS,
  type Job,
  type JobError,
  type JobFields,
} from '../job.ts';
import { isLiveLane } from '../lanes.ts';
import { DEFAULT_RETRY_POLICY, DEFAULT_TIMEOUT_MS } from '../retry-policy.ts';
import { type FinalStatus, isFinal } from '../status.ts';
import type { Stored } from '../stored.ts';
import { assertAllowed, type DecisionContext, finalFields } from './build-change.ts';
import { type Decision, refuse } from './decision.ts';

type Unrunnable = Exclude<Stored, { kind: 'absent' }>;

/** What is kept of an unusable item, as far as it can be read. */
const KEPT = [
  'type',
  'input',
  'inputHash',
  'group',
  'attempt',
  'failures',
  'crashes',
  'maxAttempts',
  'maxCrashes',
  'timeoutMs',
  'createdAt',
  'dueAt',
  'suspect',
  'progress',
  'startedAt',
] as const satisfies readonly (keyof JobFields)[];

/**
 * An item that cannot be a job becomes `failed` with the reason: what can be read is kept, the rest replaced, so that it
 * reads well from now on. An item that already claims to be final keeps its status and is only put in order, unless it claims to
 * be completed and never ran; a final job that is in order is left alone.
 *
 * @param dropInput The item cannot be written with its input, so that goes too.
 */
export function rejectMalformed(
  stored: Unrunnable,
  problem: string,
  context: DecisionContext,
  dropInput = false,
): Decision {
  if (stored.kind === 'job' && isFinalJob(stored.job) && !isLiveLane(stored.job.lane)) {
    return refuse('wrong-status');
  }
  const readable: Partial<JobFields> = stored.kind === 'job' ? stored.job : stored.readable;
  const id = stored.kind === 'job' ? stored.job.id : stored.id;
  const from = completedUnrun(readable) ? undefined : readable.status;
  const keptStatus = from !== undefined && isFinal(from) ? from : undefined;
  const status = keptStatus ?? 'failed';
  const event = keptStatus === undefined ? 'reject' : 'move-lane';
  assertAllowed(event, from, status);
  const error: JobError = {
    name: FAILURE_REASONS.malformed,
    message: `The stored item is not a job that can run: ${problem}. Put it again as the README describes.`,
    attempt: readable.attempt ?? 0,
    at: context.now,
  };
  const base = {
    type: 'unknown',
    input: 'null',
    attempt: 0,
    failures: 0,
    crashes: 0,
    maxAttempts: DEFAULT_RETRY_POLICY.maxAttempts,
    maxCrashes: DEFAULT_RETRY_POLICY.maxCrashes,
    timeoutMs: DEFAULT_TIMEOUT_MS,
    createdAt: context.now,
    dueAt: context.now,
    ...pick(readable, KEPT),
  };
  const after: JobFields = {
    ...base,
    ...(dropInput ? { input: 'null' } : {}),
    id,
    status,
    history: appendHistory(readable.history ?? [], {
      status,
      at: context.now,
      attempt: base.attempt,
      detail: FAILURE_REASONS.malformed,
    }),
    ...(keptStatus === undefined ? { error } : keepOutcome(keptStatus, readable, error)),
    ...finalFields(id, status, context, keptStatus === undefined ? context.now : readable.finishedAt),
  };
  const { id: _id, input, ...set } = after;
  return {
    kind: 'change',
    change: {
      id,
      event,
      from,
      at: context.now,
      guard: { kind: 'as-read', seen: stored.seen },
      set: dropInput ? { ...set, input } : set,
      remove: JOB_FIELDS.filter((field) => after[field] === undefined),
      after: after as Job,
    },
    ...(keptStatus === undefined ? { deadLetter: { reason: error.name, detail: error.message } } : {}),
  };
}

/** What a final item says of its end, as far as it can be read, and what its status needs. */
function keepOutcome(status: FinalStatus, readable: Partial<JobFields>, error: JobError): Partial<JobFields> {
  const kept = pick(readable, ['token']);
  switch (status) {
    case 'completed':
      return { ...kept, result: readable.result ?? 'null' };
    case 'failed':
      return { ...kept, error: readable.error ?? error };
    case 'canceled':
      return { ...kept, ...pick(readable, ['error']) };
  }
}

function pick(fields: Partial<JobFields>, names: readonly (keyof JobFields)[]): Partial<JobFields> {
  return Object.fromEntries(names.filter((name) => fields[name] !== undefined).map((name) => [name, fields[name]]));
}
