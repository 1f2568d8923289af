import {
  type Claim,
  type ClaimResult,
  type DecisionContext,
  decide,
  explainRefusal,
  type JobMessage,
  MAX_QUEUE_DELAY_MS,
  type Refusal,
  type RunningJob,
  type Stored,
} from '../../core/index.ts';
import { sendDeadLetters, sendMessages } from '../send-messages.ts';
import { type ConsumerPorts, type Delivery, type Invocation, STOP_MARGIN_MS } from './ports.ts';

/** A delivery whose body could be read. */
export interface Item {
  readonly delivery: Delivery;
  readonly message: JobMessage;
}

/** What became of trying to start a job. */
export type Start =
  | { readonly kind: 'run'; readonly job: RunningJob }
  /** Nothing is left to do with the message. */
  | { readonly kind: 'acknowledge' }
  /** The message must come back after its visibility timeout. */
  | { readonly kind: 'keep'; readonly unreachable: boolean }
  /** It names no job: visible at once, until the queue gives it up. */
  | { readonly kind: 'poison' }
  /** It may only run alone. */
  | { readonly kind: 'alone' };

export interface StartOptions {
  readonly solo: boolean;
  /** The first job of an invocation starts however little time is left. */
  readonly first: boolean;
}

/** Claims the jobs of all items in one call; each is decided on its own. */
export async function startJobs(
  ports: ConsumerPorts,
  items: readonly Item[],
  invocation: Invocation,
  options: StartOptions,
): Promise<readonly Start[]> {
  const now = ports.clock.now();
  const claims = items.map(
    ({ message }, index): Claim => ({
      id: message.id,
      token: ports.ids.createToken(),
      now,
      solo: options.solo,
      fitMs: options.first && index === 0 ? undefined : invocation.deadline - STOP_MARGIN_MS - now,
      leaseMarginMs: ports.policy.leaseMarginMs,
    }),
  );
  const results = await ports.store.claim(claims);
  return Promise.all(
    items.map(async (item, index) => {
      const claim = claims[index];
      const result = results[index];
      return claim === undefined || result === undefined
        ? { kind: 'keep' as const, unreachable: true }
        : conclude(ports, item, claim, result, true);
    }),
  );
}

async function conclude(
  ports: ConsumerPorts,
  item: Item,
  claim: Claim,
  result: ClaimResult,
  mayRedrive: boolean,
): Promise<Start> {
  if (result.kind === 'claimed') {
    ports.telemetry.claimed(result.job);
    return { kind: 'run', job: result.job };
  }
  if (result.kind === 'error') {
    ports.logger.warn('A job could not be claimed', { jobId: claim.id, error: result.error });
    return { kind: 'keep', unreachable: result.error.code !== 'invalid' };
  }
  const refusal = explainRefusal(result.current, claim);
  if (refusal.kind === 'mine') {
    ports.telemetry.claimed(refusal.job);
    return { kind: 'run', job: refusal.job };
  }
  if (refusal.kind === 'failed' && item.message.dead !== undefined && mayRedrive) {
    return redrive(ports, item, claim, result.current, item.message.dead);
  }
  return turnAway(ports, item, refusal, result.current);
}

/** What a message comes to whose job cannot start now. */
async function turnAway(
  ports: ConsumerPorts,
  item: Item,
  refusal: Exclude<Refusal, { kind: 'mine' }>,
  current: Stored,
): Promise<Start> {
  switch (refusal.kind) {
    case 'suspect':
      return { kind: 'alone' };
    case 'no-time':
      return handBack(ports, item, current);
    case 'not-due':
      return postpone(ports, item, refusal.dueAt, current);
    case 'failed':
      return repeatDeadLetter(ports, item, current);
    case 'moved-on':
      ports.telemetry.noticed('DuplicateMessages', { jobId: item.message.id });
      return { kind: 'acknowledge' };
    case 'not-ready':
      return { kind: 'acknowledge' };
    case 'absent':
      ports.telemetry.noticed('PoisonMessages', { jobId: item.message.id, reason: 'no such job' });
      return { kind: 'poison' };
  }
}

/**
 * Gives a job back that has not started, uncharged: a fresh message, and the old one is acknowledged. Holding the old one back
 * would wait for the whole visibility timeout and count a receive.
 */
export async function handBack(ports: ConsumerPorts, item: Item, current?: Stored): Promise<Start> {
  const { id, back } = item.message;
  const failed = await sendMessages(ports, [
    { message: { id, back: (back ?? 0) + 1 }, delayMs: 0, ...groupOf(current) },
  ]);
  if (failed.size > 0) {
    return { kind: 'keep', unreachable: false };
  }
  ports.telemetry.noticed('HandedBack', { jobId: id });
  return { kind: 'acknowledge' };
}

/** Too early: within a queue's reach the message goes round again, beyond it the job waits in the table. */
async function postpone(ports: ConsumerPorts, item: Item, dueAt: number, current: Stored): Promise<Start> {
  const context = contextOf(ports);
  const delayMs = dueAt - context.now;
  if (delayMs <= MAX_QUEUE_DELAY_MS) {
    await sendMessages(ports, [
      { message: { id: item.message.id }, delayMs: Math.max(0, delayMs), ...groupOf(current) },
    ]);
    return { kind: 'acknowledge' };
  }
  const decision = decide(current, { name: 'postpone' }, context);
  if (decision.kind === 'change') {
    const [result] = await ports.store.write([decision.change]);
    if (result?.kind === 'accepted') {
      ports.telemetry.accepted(decision.change);
    }
  }
  return { kind: 'acknowledge' };
}

/** A dead letter came back from the dead-letter queue: its job is re-opened and, its message being here already, claimed. */
async function redrive(
  ports: ConsumerPorts,
  item: Item,
  claim: Claim,
  current: Stored,
  attempt: number,
): Promise<Start> {
  const decision = decide(current, { name: 'redrive', attempt }, contextOf(ports));
  if (decision.kind === 'refused') {
    ports.telemetry.noticed('DuplicateMessages', { jobId: item.message.id });
    return { kind: 'acknowledge' };
  }
  const [written] = await ports.store.write([decision.change]);
  if (written?.kind === 'error') {
    return { kind: 'keep', unreachable: written.error.code === 'unavailable' };
  }
  if (written?.kind === 'accepted') {
    ports.telemetry.accepted(decision.change);
  }
  const [claimed] = await ports.store.claim([claim]);
  return claimed === undefined ? { kind: 'keep', unreachable: true } : conclude(ports, item, claim, claimed, false);
}

/** The worker that failed the job may have died before its copy was sent; a first delivery is only a duplicate. */
async function repeatDeadLetter(ports: ConsumerPorts, item: Item, current: Stored): Promise<Start> {
  if (current.kind !== 'job' || current.job.status !== 'failed' || item.delivery.receiveCount < 2) {
    ports.telemetry.noticed('DuplicateMessages', { jobId: item.message.id });
    return { kind: 'acknowledge' };
  }
  const { id, type, attempt, error } = current.job;
  const failed = await sendDeadLetters(ports, [
    { message: { id, dead: attempt }, type, reason: error.name, detail: error.message },
  ]);
  return failed.size === 0 ? { kind: 'acknowledge' } : { kind: 'keep', unreachable: false };
}

function contextOf({ clock, policy }: ConsumerPorts): DecisionContext {
  return { now: clock.now(), policy };
}

function groupOf(current: Stored | undefined): { readonly group?: string } {
  const group = current?.kind === 'job' ? current.job.group : undefined;
  return group === undefined ? {} : { group };
}
