import {
  type Clock,
  type Decision,
  decide,
  type JobQueue,
  type JobStore,
  type Policy,
  type Stored,
  storedFrom,
  type Telemetry,
  type WriteResult,
} from '../../core/index.ts';
import { followUp, type Planned } from '../follow-up.ts';
import { rejectUnwritable } from '../reject-unwritable.ts';
import type { SendFailures } from '../send-messages.ts';
import { dueAgeMs } from './due-age.ts';

export interface SweepPorts {
  readonly store: JobStore;
  readonly queue: JobQueue;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
  readonly policy: Policy;
}

/** How many messages may still be sent before the queue is as long as it should be. Shared by all lanes of a pass. */
export interface SendBudget {
  left: number;
  /** Messages that were not sent because nothing was left. */
  withheld: number;
}

export interface PageOutcome {
  /** Writes that were accepted, but for those whose message could not be sent: they are no progress. */
  readonly accepted: number;
  /** Something did not answer as it should: worth waiting before the next pass. */
  readonly trouble: Error | undefined;
  /** How long the one of these jobs that has been due for longest had waited, 0 when none was due. */
  readonly oldestDueAgeMs: number;
}

/**
 * Moves on what the index proposed: a consistent read shows the jobs, core decides, each change is written under the condition
 * that the job is still as it was read, and only then its message is sent. A crash in between is healed by `nextAt`.
 */
export async function sweepPage(ports: SweepPorts, ids: readonly string[], budget: SendBudget): Promise<PageOutcome> {
  // An index that was written apart from its items may name one twice.
  const stored = await ports.store.read([...new Set(ids)]);
  const context = { now: ports.clock.now(), policy: ports.policy };
  const sweeps = stored
    .map((entry) => ({ entry, plan: decide(entry, { name: 'sweep' }, context) }))
    .filter(isPlanned)
    .filter(({ plan }) => plan.send === undefined || takeFrom(budget));
  const results = sweeps.length === 0 ? [] : await ports.store.write(sweeps.map(({ plan }) => plan.change));

  const accepted = sweeps.filter((_, index) => results[index]?.kind === 'accepted');
  const rejected = await rejectUnwritable(
    ports,
    sweeps.flatMap(({ entry }, index) => {
      const result = results[index];
      return result?.kind === 'error' && result.error.code === 'invalid'
        ? [{ stored: entry, error: result.error }]
        : [];
    }),
  );
  const moved = [...accepted.map(({ plan }) => plan), ...rejected];
  countNewcomers(ports, stored, moved);
  const { unsent, uncopied } = await followUp(ports, moved);
  await takeBack(ports, moved, unsent);
  return {
    accepted: moved.length - unsent.size,
    trouble: findTrouble([...results, ...asResults(unsent), ...asResults(uncopied)]),
    oldestDueAgeMs: Math.max(0, ...stored.map((entry) => dueAgeMs(entry, context.now))),
  };
}

function isPlanned(sweep: { readonly entry: Stored; readonly plan: Decision }): sweep is {
  readonly entry: Stored;
  readonly plan: Planned;
} {
  return sweep.plan.kind === 'change';
}

function takeFrom(budget: SendBudget): boolean {
  if (budget.left <= 0) {
    budget.withheld += 1;
    return false;
  }
  budget.left -= 1;
  return true;
}

/**
 * A raw put lacks what only the system writes, so the first write about it is the moment at which the job is submitted, for all
 * who count.
 */
function countNewcomers({ telemetry }: SweepPorts, stored: readonly Stored[], moved: readonly Planned[]): void {
  const newcomers = new Set(stored.filter(isNewcomer).map(idOf));
  for (const { change } of moved) {
    if (newcomers.has(change.id) && change.event !== 'move-lane') {
      telemetry.submitted(change.after);
    }
  }
}

function isNewcomer(stored: Stored): boolean {
  return stored.kind === 'job' ? !stored.complete : stored.kind === 'malformed' && !('createdAt' in stored.readable);
}

function idOf(stored: Stored): string {
  return stored.kind === 'job' ? stored.job.id : stored.id;
}

/**
 * A job whose message certainly did not go out is due again at once. A message that no queue will ever take is left to its
 * doubling grace instead, so that it cannot keep the producer busy.
 */
async function takeBack(ports: SweepPorts, moved: readonly Planned[], unsent: SendFailures): Promise<void> {
  const context = { now: ports.clock.now(), policy: ports.policy };
  const takenBack = moved
    .filter(({ change }) => unsent.has(change.id) && unsent.get(change.id)?.code !== 'invalid')
    .map(({ change }) => decide(storedFrom(change.after), { name: 'send-failed' }, context))
    .flatMap((decision) => (decision.kind === 'change' ? [decision.change] : []));
  const results = takenBack.length === 0 ? [] : await ports.store.write(takenBack);
  for (const change of takenBack.filter((_, index) => results[index]?.kind === 'accepted')) {
    ports.telemetry.accepted(change);
  }
}

function asResults(failures: SendFailures): readonly WriteResult[] {
  return [...failures.values()].map((error) => ({ kind: 'error', error }));
}

/** An error about one item or message concerns that one only; of the others a refused permission is the worst. */
function findTrouble(results: readonly WriteResult[]): Error | undefined {
  const errors = results.flatMap((result) =>
    result.kind === 'error' && result.error.code !== 'invalid' ? [result.error] : [],
  );
  return errors.find(({ code }) => code === 'denied') ?? errors[0];
}
