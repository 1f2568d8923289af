import {
  type Change,
  type Clock,
  decide,
  type Ids,
  type Job,
  type JobQueue,
  type JobStore,
  type Policy,
  type RefusalReason,
  type Stored,
  type Telemetry,
} from '../core/index.ts';
import { followUp, type Planned } from './follow-up.ts';
import { holdsToken } from './holds-token.ts';

export interface SteerPorts {
  readonly store: JobStore;
  readonly queue: JobQueue;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly telemetry: Telemetry;
  readonly policy: Policy;
}

export type SteerResult =
  /** The job as the accepted change leaves it. */
  | { readonly kind: 'done'; readonly job: Job }
  /** The job as it stands, and why it stays so. */
  | { readonly kind: 'refused'; readonly job: Job; readonly reason: RefusalReason }
  /** Nothing is stored under the id, or nothing that is a job yet. */
  | { readonly kind: 'absent' }
  /** The job did not stand still for long enough: somebody else wrote first, again and again. */
  | { readonly kind: 'contended' };

/** Each refusal means that somebody else moved the job, and a job moves on a few times in its life only. */
const MAX_TRIES = 10;

/**
 * Does to a job what somebody wants of it, decided on what a consistent read shows and written on condition that it still holds;
 * who loses that race decides anew.
 *
 * @throws AccessError when the store cannot be reached: it is not known then whether the job was moved. Asking again is safe.
 */
export async function steerJob(ports: SteerPorts, id: string, wish: 'cancel' | 'retry'): Promise<SteerResult> {
  const word = { name: wish, token: ports.ids.createToken() };
  let [stored] = await ports.store.read([id]);
  for (let tries = 0; tries < MAX_TRIES; tries += 1) {
    if (stored?.kind !== 'job') {
      return { kind: 'absent' };
    }
    const plan = decide(stored, word, { now: ports.clock.now(), policy: ports.policy });
    if (plan.kind === 'refused') {
      return { kind: 'refused', job: stored.job, reason: plan.reason };
    }
    const current = await write(ports.store, plan.change, word.token);
    if (current === undefined || holdsToken(current, word.token)) {
      return await conclude(ports, plan);
    }
    stored = current;
  }
  return { kind: 'contended' };
}

/** Undefined when the change was accepted, else what stands there instead. */
async function write(store: JobStore, change: Change, token: string): Promise<Stored | undefined> {
  const [result] = await store.write([change]);
  if (result?.kind === 'accepted') {
    return undefined;
  }
  if (result?.kind === 'refused') {
    return result.current;
  }
  // The write may have landed all the same.
  const [current] = await store.read([change.id]);
  if (result !== undefined && (current === undefined || !holdsToken(current, token))) {
    throw result.error;
  }
  return current;
}

/** A message that could not be sent costs time only: the table brings the job back. */
async function conclude(ports: SteerPorts, plan: Planned): Promise<SteerResult> {
  await followUp(ports, [plan]);
  return { kind: 'done', job: plan.change.after };
}
