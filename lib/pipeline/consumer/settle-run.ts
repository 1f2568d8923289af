import {
  AccessError,
  type Change,
  decide,
  FAILURE_REASONS,
  type Job,
  type RunEvent,
  type RunningJob,
  type Stored,
  storedFrom,
  type WriteResult,
} from '../../core/index.ts';
import { followUp, type Planned } from '../follow-up.ts';
import type { ConsumerPorts, Invocation } from './ports.ts';

/**
 * - `recorded`: the outcome, or a newer truth about the job, is in the table: the message may go.
 * - `unrecorded`: it is not, or its copy for the dead-letter queue is missing: the message must come back.
 * - `unreachable`: neither, and the table did not answer.
 */
export type Settlement =
  | { readonly kind: 'recorded' }
  | { readonly kind: 'unrecorded' }
  | { readonly kind: 'unreachable'; readonly error: AccessError };

const RECORDED: Settlement = { kind: 'recorded' };
const UNRECORDED: Settlement = { kind: 'unrecorded' };

const RETRY_FIRST_MS = 50;
const RETRY_LAST_MS = 2_000;
/** Time to answer after the last try. */
const ANSWER_MS = 500;

/**
 * Records how a run ended, fenced by its attempt and token, and tries again until it is recorded or the invocation ends. What
 * follows from it (the next message, the copy for the dead-letter queue) is sent after the write.
 */
export async function settleRun(
  ports: ConsumerPorts,
  claimed: RunningJob,
  outcome: RunEvent,
  invocation: Invocation,
): Promise<Settlement> {
  let job = claimed;
  let event = outcome;
  let waitMs = RETRY_FIRST_MS;
  const tried: Planned[] = [];
  for (;;) {
    const plan = decide(storedFrom(job), event, { now: ports.clock.now(), policy: ports.policy });
    if (plan.kind === 'refused') {
      return RECORDED;
    }
    tried.push(plan);
    const result = await write(ports, plan.change);
    if (result.kind === 'accepted') {
      return await conclude(ports, plan);
    }
    if (result.kind === 'refused') {
      const standing = explain(result.current, job);
      if (standing.kind === 'ours') {
        job = standing.job;
        continue;
      }
      if (standing.kind === 'fenced') {
        return dropFenced(ports, job, event);
      }
      return await conclude(ports, tried.find((each) => isWhatLanded(each, standing.job)) ?? plan);
    }
    const { error } = result;
    if (error.code === 'invalid' && event.name === 'complete') {
      event = RESULT_DOES_NOT_FIT;
      continue;
    }
    const fields = { jobId: job.id, attempt: job.attempt, outcome: event.name, error };
    ports.logger.warn('An outcome could not be recorded yet', fields);
    const isLate = ports.clock.now() + waitMs > invocation.deadline - ANSWER_MS;
    if (error.code !== 'unavailable' || isLate) {
      return giveUp(error);
    }
    await ports.clock.sleep(waitMs);
    waitMs = Math.min(waitMs * 2, RETRY_LAST_MS);
  }
}

/** A job that is too large for any outcome is found by the producer when its lease ends, and rejected. */
function giveUp(error: AccessError): Settlement {
  return error.code === 'invalid' ? UNRECORDED : { kind: 'unreachable', error };
}

const RESULT_DOES_NOT_FIT: RunEvent = {
  name: 'fail',
  error: {
    name: FAILURE_REASONS.resultUnstorable,
    message: 'The result cannot be stored: it does not fit into the job beside its input.',
  },
  permanent: true,
  delayMs: 0,
};

async function write({ store }: ConsumerPorts, change: Change): Promise<WriteResult> {
  const [result] = await store.write([change]);
  return result ?? { kind: 'error', error: new AccessError('unavailable', 'The job store gave no answer.') };
}

/** What a refused outcome met: our own earlier write whose answer was lost, a cancel request, or a newer owner. */
function explain(
  current: Stored,
  job: RunningJob,
):
  | { readonly kind: 'ours'; readonly job: RunningJob }
  | { readonly kind: 'landed'; readonly job: Job }
  | { readonly kind: 'fenced' } {
  // Every claim has a token of its own, so the attempt is the same where the token is.
  if (current.kind !== 'job' || current.job.token !== job.token) {
    return { kind: 'fenced' };
  }
  const now = current.job;
  if (now.status === 'running') {
    // Refused although the run is ours: somebody wants it canceled. Without that the refusal would have no reason.
    return now.cancelRequested === undefined ? { kind: 'fenced' } : { kind: 'ours', job: now };
  }
  // Whoever else ends a run removes its token, so a token that is still there was left by our own write.
  return { kind: 'landed', job: now };
}

/** Each try is decided anew, so that what follows counts from it: of several, the one whose line the job has is the one to tell. */
function isWhatLanded({ change }: Planned, { history }: Job): boolean {
  const [told, stored] = [change.after.history.at(-1), history.at(-1)];
  return told?.at === stored?.at && told?.status === stored?.status;
}

/** The copy of a failed job is sent again when the message comes back and finds the job failed. */
async function conclude(ports: ConsumerPorts, plan: Planned): Promise<Settlement> {
  const { uncopied } = await followUp(ports, [plan]);
  return uncopied.size === 0 ? RECORDED : UNRECORDED;
}

function dropFenced(ports: ConsumerPorts, job: RunningJob, event: RunEvent): Settlement {
  const fields = { jobId: job.id, attempt: job.attempt, write: event.name };
  ports.telemetry.noticed('FencedWrites', fields);
  ports.logger.warn('This run had lost its job; its outcome was dropped', fields);
  return RECORDED;
}
