import { AccessError, type Claim, type ClaimResult, codeOf, explainRefusal, type Stored } from '../../core/index.ts';
import { type ConsumerPorts, type Invocation, STOP_MARGIN_MS } from './ports.ts';
import type { Item, Start } from './start.ts';
import { handBack, isLetterOf, redrive, rejectUnclaimable, turnAway } from './turn-away.ts';

/** Before it is known whether a job whose timeout does not fit is the first one. */
type Verdict = Start | { readonly kind: 'no-time'; readonly current: Stored };

export interface StartOptions {
  readonly solo: boolean;
  /** Suspects wait until the rest of the batch has ended, even if each job of it runs alone. */
  readonly suspectsWait: boolean;
  /** Nothing has started in this invocation: then the first job that can start does, however little time is left. */
  readonly first: boolean;
}

/** Claims the jobs of all items in one call; each is decided on its own. Never rejects. */
export async function startJobs(
  ports: ConsumerPorts,
  items: readonly Item[],
  invocation: Invocation,
  { solo, suspectsWait, first }: StartOptions,
): Promise<readonly Start[]> {
  const now = ports.clock.now();
  const claims = items.map(
    ({ message }): Claim => ({
      id: message.id,
      token: ports.ids.createToken(),
      now,
      solo,
      suspectsWait,
      fitMs: invocation.deadline - STOP_MARGIN_MS - now,
      leaseMarginMs: ports.policy.leaseMarginMs,
    }),
  );
  const results = await claimAll(ports, claims);
  const verdicts = await Promise.all(
    items.map((item, index) => guard(() => conclude(ports, item, claims[index], results[index]))),
  );
  if (first) {
    await startFirst(ports, items, invocation, { claims, verdicts });
  }
  return await Promise.all(
    items.map((item, index) => guard(async () => await settleNoTime(ports, item, verdicts[index]))),
  );
}

/**
 * The first job that can start at all gets what is left of the invocation, and a lease that ends with it: a job whose timeout
 * never fits would be handed back for ever.
 */
async function startFirst(
  ports: ConsumerPorts,
  items: readonly Item[],
  invocation: Invocation,
  { claims, verdicts }: { readonly claims: readonly Claim[]; readonly verdicts: Verdict[] },
): Promise<void> {
  for (const [index, item] of items.entries()) {
    const claim = claims[index];
    if (verdicts[index]?.kind === 'no-time' && claim !== undefined) {
      const now = ports.clock.now();
      const unfit = { ...claim, now, fitMs: undefined, leaseMs: Math.max(0, invocation.deadline - now) };
      const [result] = await claimAll(ports, [unfit]);
      verdicts[index] = await guard(() => conclude(ports, item, unfit, result));
    }
    if (verdicts[index]?.kind === 'run') {
      return;
    }
  }
}

async function settleNoTime(ports: ConsumerPorts, item: Item, verdict: Verdict | undefined): Promise<Start> {
  if (verdict === undefined) {
    return { kind: 'keep' };
  }
  return verdict.kind === 'no-time' ? await handBack(ports, item, verdict.current) : verdict;
}

async function claimAll({ store }: ConsumerPorts, claims: readonly Claim[]): Promise<readonly ClaimResult[]> {
  try {
    return await store.claim(claims);
  } catch (error) {
    return claims.map(() => ({ kind: 'error', error: toAccessError(error) }));
  }
}

const NO_ANSWER: ClaimResult = {
  kind: 'error',
  error: new AccessError('unavailable', 'The job store gave no answer.'),
};

async function conclude(
  ports: ConsumerPorts,
  item: Item,
  claim: Claim | undefined,
  result: ClaimResult = NO_ANSWER,
): Promise<Verdict> {
  if (claim === undefined) {
    return { kind: 'keep' };
  }
  switch (result.kind) {
    case 'claimed':
      ports.telemetry.claimed(result.job);
      return { kind: 'run', job: result.job };
    case 'refused':
      return await concludeRefused(ports, item, claim, result.current, 'may-redrive');
    case 'error':
      return await concludeError(ports, claim, result.error);
  }
}

async function concludeRefused(
  ports: ConsumerPorts,
  item: Item,
  claim: Claim,
  current: Stored,
  redriven: 'may-redrive' | 'redriven',
): Promise<Verdict> {
  const refusal = explainRefusal(current, claim);
  switch (refusal.kind) {
    case 'mine':
      ports.telemetry.claimed(refusal.job);
      return { kind: 'run', job: refusal.job };
    case 'suspect':
      return { kind: 'alone' };
    case 'no-time':
      return { kind: 'no-time', current };
    default:
      break;
  }
  if (refusal.kind === 'failed' && redriven === 'may-redrive' && isLetterOf(item.message, current)) {
    const verdict = await redrive(ports, item.message, current);
    if (verdict !== 'reopened') {
      return verdict;
    }
    const again = { ...claim, now: ports.clock.now() };
    const [result = NO_ANSWER] = await claimAll(ports, [again]);
    return result.kind === 'refused'
      ? await concludeRefused(ports, item, again, result.current, 'redriven')
      : await conclude(ports, item, again, result);
  }
  return await turnAway(ports, item, refusal, current);
}

/**
 * A claim without an answer may have landed; then the job is ours, and left alone it would count as crashed. A claim that the
 * store cannot write is the job's own trouble.
 */
async function concludeError(ports: ConsumerPorts, claim: Claim, error: AccessError): Promise<Verdict> {
  if (error.code === 'denied') {
    return { kind: 'keep', unreachable: error };
  }
  const [current] = await ports.store.read([claim.id]);
  if (error.code === 'invalid') {
    return current === undefined ? { kind: 'keep' } : await rejectUnclaimable(ports, { stored: current, error });
  }
  const refusal = current === undefined ? undefined : explainRefusal(current, claim);
  if (refusal?.kind !== 'mine') {
    return { kind: 'keep', unreachable: error };
  }
  ports.telemetry.claimed(refusal.job);
  return { kind: 'run', job: refusal.job };
}

/** One message's trouble must not become another's: whatever is thrown here leaves its message in the queue. */
async function guard<Result>(decideOne: () => Promise<Result>): Promise<Result | Extract<Start, { kind: 'keep' }>> {
  try {
    return await decideOne();
  } catch (error) {
    return { kind: 'keep', unreachable: toAccessError(error) };
  }
}

function toAccessError(error: unknown): AccessError {
  return error instanceof AccessError
    ? error
    : new AccessError(codeOf(error) === 'denied' ? 'denied' : 'unavailable', 'The job store could not be used.', {
        cause: error,
      });
}
