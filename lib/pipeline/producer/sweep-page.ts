import {
  type Change,
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
import { sendDeadLetters, sendMessages } from '../send-messages.ts';

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
}

export interface PageOutcome {
  /** Writes that were accepted. */
  readonly accepted: number;
  /** Something did not answer as it should: worth waiting before the next pass. */
  readonly trouble: Error | undefined;
}

type Planned = Extract<Decision, { kind: 'change' }>;

/**
 * Moves on what the index proposed: a consistent read shows the jobs, core decides, each change is written under the condition
 * that the job is still as it was read, and only then its message is sent. A crash in between is healed by `nextAt`.
 */
export async function sweepPage(ports: SweepPorts, ids: readonly string[], budget: SendBudget): Promise<PageOutcome> {
  const stored = await ports.store.read(ids);
  const context = { now: ports.clock.now(), policy: ports.policy };
  const plans = stored
    .map((entry) => decide(entry, { name: 'sweep' }, context))
    .filter((decision) => decision.kind === 'change')
    .filter((decision) => decision.send === undefined || takeFrom(budget));
  const results = await ports.store.write(plans.map(({ change }) => change));

  const accepted = plans.filter((_, index) => results[index]?.kind === 'accepted');
  const rejected = await rejectUnwritable(ports, stored, plans, results);
  for (const { change } of [...accepted, ...rejected]) {
    ports.telemetry.accepted(change);
  }
  const unsent = await sendAll(ports, [...accepted, ...rejected]);
  return {
    accepted: accepted.length + rejected.length,
    trouble: findTrouble(results) ?? (unsent > 0 ? new Error(`${unsent} messages could not be sent`) : undefined),
  };
}

function takeFrom(budget: SendBudget): boolean {
  budget.left -= 1;
  return budget.left >= 0;
}

/** An item that cannot be written as it should be (too large, most likely) fails with that reason, without its input if need be. */
async function rejectUnwritable(
  ports: SweepPorts,
  stored: readonly Stored[],
  plans: readonly Planned[],
  results: readonly WriteResult[],
): Promise<readonly Planned[]> {
  const byId = new Map(stored.map((entry) => [entry.kind === 'job' ? entry.job.id : entry.id, entry]));
  const unwritable = plans.flatMap(({ change }, index) => {
    const result = results[index];
    const entry = byId.get(change.id);
    return result?.kind === 'error' && result.error.code === 'invalid' && entry !== undefined ? [entry] : [];
  });
  const context = { now: ports.clock.now(), policy: ports.policy };
  const rejections = unwritable
    .map((entry) =>
      decide(entry, { name: 'reject', problem: 'it is too large to be written', dropInput: true }, context),
    )
    .filter((decision) => decision.kind === 'change');
  const written = rejections.length === 0 ? [] : await ports.store.write(rejections.map(({ change }) => change));
  return rejections.filter((_, index) => written[index]?.kind === 'accepted');
}

/** Sends what the accepted changes ask for; a job whose message certainly did not go out is due again at once. */
async function sendAll(ports: SweepPorts, plans: readonly Planned[]): Promise<number> {
  const dispatched = plans.filter(({ send }) => send !== undefined);
  const failed = await sendMessages(
    ports,
    dispatched.map(({ change, send }) => ({
      message: { id: change.id },
      delayMs: send?.delayMs ?? 0,
      ...(change.after.group === undefined ? {} : { group: change.after.group }),
    })),
  );
  await sendDeadLetters(
    ports,
    plans.flatMap(({ change, deadLetter }) =>
      deadLetter === undefined
        ? []
        : [{ message: { id: change.id, dead: change.after.attempt }, type: change.after.type, ...deadLetter }],
    ),
  );
  const context = { now: ports.clock.now(), policy: ports.policy };
  const takenBack: readonly Change[] = dispatched
    .filter(({ change }) => failed.has(change.id))
    .map(({ change }) => decide(storedFrom(change.after), { name: 'send-failed' }, context))
    .flatMap((decision) => (decision.kind === 'change' ? [decision.change] : []));
  if (takenBack.length > 0) {
    const results = await ports.store.write(takenBack);
    for (const change of takenBack.filter((_, index) => results[index]?.kind === 'accepted')) {
      ports.telemetry.accepted(change);
    }
  }
  return failed.size;
}

function findTrouble(results: readonly WriteResult[]): Error | undefined {
  const errors = results.flatMap((result) =>
    result.kind === 'error' && result.error.code !== 'invalid' ? [result.error] : [],
  );
  return errors.find(({ code }) => code === 'denied') ?? errors[0];
}
