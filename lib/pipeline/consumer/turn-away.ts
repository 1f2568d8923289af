import {
  type DecisionContext,
  decide,
  type JobMessage,
  MAX_QUEUE_DELAY_MS,
  type Refusal,
  type Stored,
} from '../../core/index.ts';
import { followUp } from '../follow-up.ts';
import { holdsToken } from '../holds-token.ts';
import { rejectUnwritable, type Unwritable } from '../reject-unwritable.ts';
import { sendDeadLetters, sendMessages, toDeadLetter, toMessage } from '../send-messages.ts';
import type { ConsumerPorts } from './ports.ts';
import type { Item, Start } from './start.ts';

const ACKNOWLEDGE: Start = { kind: 'acknowledge' };

/** What a message comes to whose job cannot start. */
export async function turnAway(
  ports: ConsumerPorts,
  item: Item,
  refusal: Exclude<Refusal, { kind: 'mine' | 'suspect' | 'no-time' }>,
  current: Stored,
): Promise<Start> {
  switch (refusal.kind) {
    case 'not-due':
      return await postpone(ports, item.message, refusal.dueAt, current);
    case 'failed':
      return await repeatDeadLetter(ports, item, current);
    case 'moved-on':
      return acknowledgeDuplicate(ports, item.message);
    case 'not-ready':
      return ACKNOWLEDGE;
    case 'absent':
      ports.telemetry.noticed('PoisonMessages', { jobId: item.message.id, reason: 'no such job' });
      return { kind: 'poison' };
  }
}

/**
 * Gives a job back that has not started, uncharged: a fresh message that says the same, and the old one is acknowledged.
 * Holding the old one back would wait for the whole visibility timeout and count a receive.
 */
export async function handBack(ports: ConsumerPorts, { message }: Item, current?: Stored): Promise<Start> {
  const { id, dead, back = 0 } = message;
  const job = current?.kind === 'job' ? current.job : { id };
  const marks = { ...(dead === undefined ? {} : { dead }), back: back + 1 };
  const failed = await sendMessages(ports, [toMessage(job, 0, marks)]);
  if (failed.size > 0) {
    return { kind: 'keep' };
  }
  ports.telemetry.noticed('HandedBack', { jobId: id });
  return ACKNOWLEDGE;
}

/**
 * Whether a message is a dead letter that tells of the failure at hand. One of an earlier failure has re-opened the job before, and
 * comes back for the end of that run like any other message.
 */
export function isLetterOf({ dead }: JobMessage, current: Stored): boolean {
  return current.kind === 'job' && current.job.attempt === dead;
}

/**
 * A dead letter came back from the dead-letter queue: its job is re-opened, if it is still failed in the attempt that the letter
 * names. Its message is here already, so none is sent.
 */
export async function redrive(ports: ConsumerPorts, message: JobMessage, current: Stored): Promise<Start | 'reopened'> {
  const token = ports.ids.createToken();
  const decision = decide(current, { name: 'redrive', attempt: message.dead ?? 0, token }, contextOf(ports));
  if (decision.kind === 'refused') {
    return acknowledgeDuplicate(ports, message);
  }
  const [written] = await ports.store.write([decision.change]);
  if (written?.kind === 'accepted' || (written?.kind === 'refused' && holdsToken(written.current, token))) {
    ports.telemetry.accepted(decision.change);
    return 'reopened';
  }
  if (written?.kind === 'refused') {
    // Another copy of the letter was quicker.
    return 'reopened';
  }
  return { kind: 'keep', ...(written === undefined ? {} : { unreachable: written.error }) };
}

/** The job is too large to be claimed, so no message can ever start it. A job that somebody else runs is left alone. */
export async function rejectUnclaimable(ports: ConsumerPorts, unwritable: Unwritable): Promise<Start> {
  const { stored } = unwritable;
  if (stored.kind !== 'job' || (stored.job.status !== 'queued' && stored.job.status !== 'dispatched')) {
    return ACKNOWLEDGE;
  }
  const rejected = await rejectUnwritable(ports, [unwritable]);
  const { uncopied } = await followUp(ports, rejected);
  return rejected.length > 0 && uncopied.size === 0 ? ACKNOWLEDGE : { kind: 'keep' };
}

/** Sent again at most so often before its job is due: enough for a few slow clocks, and an end where the queue ignores delays. */
const MOST_ROUNDS = 3;

/**
 * Too early: within a queue's reach the message goes round again, beyond it the job waits in the table. The table also brings a
 * job back whose message went round too often, at the time by which somebody must look at it.
 */
async function postpone(ports: ConsumerPorts, message: JobMessage, dueAt: number, current: Stored): Promise<Start> {
  const context = contextOf(ports);
  const delayMs = dueAt - context.now;
  if (delayMs <= MAX_QUEUE_DELAY_MS) {
    const { back = 0 } = message;
    if (back < MOST_ROUNDS) {
      const job = current.kind === 'job' ? current.job : message;
      await sendMessages(ports, [toMessage(job, Math.max(0, delayMs), { back: back + 1 })]);
    }
    return ACKNOWLEDGE;
  }
  const decision = decide(current, { name: 'postpone' }, context);
  if (decision.kind === 'change') {
    const [result] = await ports.store.write([decision.change]);
    if (result?.kind === 'accepted') {
      ports.telemetry.accepted(decision.change);
    }
  }
  return ACKNOWLEDGE;
}

/**
 * The worker that failed the job may have died before its copy was sent; a first delivery is only a duplicate. What was handed
 * back, or came too early, is a fresh message that had been delivered before.
 */
async function repeatDeadLetter(ports: ConsumerPorts, { delivery, message }: Item, current: Stored): Promise<Start> {
  const isFirst = delivery.receiveCount < 2 && (message.back ?? 0) === 0;
  if (current.kind !== 'job' || current.job.status !== 'failed' || isFirst) {
    return acknowledgeDuplicate(ports, message);
  }
  const { job } = current;
  const letter = toDeadLetter(job, { reason: job.error.name, detail: job.error.message });
  const failed = await sendDeadLetters(ports, [letter]);
  return failed.size === 0 ? ACKNOWLEDGE : { kind: 'keep' };
}

function acknowledgeDuplicate({ telemetry }: ConsumerPorts, { id }: JobMessage): Start {
  telemetry.noticed('DuplicateMessages', { jobId: id });
  return ACKNOWLEDGE;
}

function contextOf({ clock, policy }: ConsumerPorts): DecisionContext {
  return { now: clock.now(), policy };
}
