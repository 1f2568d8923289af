import {
  type Decision,
  decide,
  FAILURE_REASONS,
  isFinal,
  type RunEvent,
  type RunningJob,
  type Stored,
  storedFrom,
} from '../../core/index.ts';
import { sendDeadLetters, sendMessages } from '../send-messages.ts';
import type { ConsumerPorts, Invocation } from './ports.ts';

/**
 * - `recorded`: the outcome, or a newer truth about the job, is in the table: the message may go.
 * - `unrecorded`: it is not: the message must come back.
 */
export type Settlement = 'recorded' | 'unrecorded';

const RETRY_FIRST_MS = 50;
const RETRY_LAST_MS = 2_000;
/** Time to answer after the last try. */
const ANSWER_MS = 500;

type Planned = Extract<Decision, { kind: 'change' }>;

/**
 * Records how a run ended, fenced by its attempt and token, and tries again until it is recorded or the invocation ends. What
 * follows from it (the next message, the copy for the dead-letter queue) is sent after the write. Never rejects.
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
  for (;;) {
    const plan = decide(storedFrom(job), event, { now: ports.clock.now(), policy: ports.policy });
    if (plan.kind === 'refused') {
      return 'recorded';
    }
    const [result] = await ports.store.write([plan.change]);
    if (result?.kind === 'accepted') {
      return follow(ports, plan);
    }
    if (result?.kind === 'refused') {
      const standing = explain(result.current, job);
      if (standing.kind === 'cancel-requested') {
        job = standing.job;
        continue;
      }
      return standing.kind === 'landed' ? follow(ports, plan) : dropFenced(ports, job, event);
    }
    if (result?.error.code === 'invalid' && event.name === 'complete') {
      event = {
        name: 'fail',
        error: {
          name: FAILURE_REASONS.resultUnstorable,
          message: 'The result does not fit into the job beside its input.',
        },
        permanent: true,
        delayMs: 0,
      };
      continue;
    }
    ports.logger.warn('An outcome could not be recorded yet', {
      jobId: job.id,
      attempt: job.attempt,
      error: result?.error,
    });
    if (result?.error.code !== 'unavailable' || ports.clock.now() + waitMs > invocation.deadline - ANSWER_MS) {
      return 'unrecorded';
    }
    await ports.clock.sleep(waitMs);
    waitMs = Math.min(waitMs * 2, RETRY_LAST_MS);
  }
}

/** What a refused outcome met: our own earlier write whose answer was lost, a cancel request, or a newer owner. */
function explain(
  current: Stored,
  job: RunningJob,
):
  | { readonly kind: 'cancel-requested'; readonly job: RunningJob }
  | { readonly kind: 'landed' }
  | { readonly kind: 'fenced' } {
  if (current.kind !== 'job' || current.job.attempt !== job.attempt) {
    return { kind: 'fenced' };
  }
  const now = current.job;
  if (now.status === 'running') {
    return now.token === job.token && now.cancelRequested !== undefined
      ? { kind: 'cancel-requested', job: now }
      : { kind: 'fenced' };
  }
  // Whoever else ends a run removes its token, so a token that is still there was left by our own write.
  return now.token === job.token ? { kind: 'landed' } : { kind: 'fenced' };
}

async function follow(ports: ConsumerPorts, { change, send, deadLetter }: Planned): Promise<Settlement> {
  ports.telemetry.accepted(change);
  if (send !== undefined) {
    const { group } = change.after;
    await sendMessages(ports, [
      { message: { id: change.id }, delayMs: send.delayMs, ...(group === undefined ? {} : { group }) },
    ]);
  }
  if (deadLetter !== undefined && isFinal(change.after.status)) {
    const failed = await sendDeadLetters(ports, [
      { message: { id: change.id, dead: change.after.attempt }, type: change.after.type, ...deadLetter },
    ]);
    // The message comes back, finds the job failed and sends the copy again.
    return failed.size === 0 ? 'recorded' : 'unrecorded';
  }
  return 'recorded';
}

function dropFenced(ports: ConsumerPorts, job: RunningJob, event: RunEvent): Settlement {
  const fields = { jobId: job.id, attempt: job.attempt, write: event.name };
  ports.telemetry.noticed('FencedWrites', fields);
  ports.logger.warn('This run had lost its job; its outcome was dropped', fields);
  return 'recorded';
}
