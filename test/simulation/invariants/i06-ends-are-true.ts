import { PermanentError } from '../../../lib/core/index.ts';
import { scripted } from '../world/job-types.ts';
import type { AcceptedWrite, HandlerRun, Observer } from '../world/observed.ts';
import type { World } from '../world/world.ts';

/** As the definition of every simulated job has it, whatever an item says. */
const { maxAttempts: MAX_FAILURES, maxCrashes: MAX_CRASHES } = scripted.retry;
const TIMEOUT_MS = 20_000;

/** The only reason for which each of these events makes a job fail. */
const REASONS: Partial<Record<AcceptedWrite['event'], string>> = {
  'lease-ended': 'crashed',
  'unknown-type': 'unknown-type',
  reject: 'malformed',
};

/**
 * I6: what is told of a run is true of that very attempt: completed with what its handler returned, failed for what it threw or
 * because its time was up, finally failed only for good reason or with a budget used up, and canceled only if somebody asked.
 */
export function endsAreTrue(world: World): Observer {
  /** When the time of a run is up by the clock of its process. */
  const deadlines = new Map<string, number>();
  return {
    onWrite: (write) => {
      const { event, claim, after } = write;
      const name = `${after.id}/${after.attempt}`;
      if (claim !== undefined) {
        // A run that gets what is left of an invocation may have hardly any time.
        deadlines.set(name, claim.now + (claim.leaseMs === undefined ? TIMEOUT_MS : 0));
      }
      const run = world.ledger.runOf(after.id, after.attempt);
      const lie = findForeignReason(write) ?? findLie(write, run, deadlines.get(name)) ?? findUnasked(world, write);
      return lie === undefined
        ? undefined
        : `I6: ${event} made ${after.id} ${after.status} in attempt ${after.attempt}, ${lie}`;
    },
  };
}

function findForeignReason({ event, after: { status, attempt, error } }: AcceptedWrite): string | undefined {
  if (status !== 'failed' || event === 'move-lane') {
    return undefined;
  }
  if (error?.attempt !== attempt) {
    return `for a reason of attempt ${error?.attempt}`;
  }
  return event === 'fail' || error.name === REASONS[event] ? undefined : `for a reason not its own: ${error.name}`;
}

function findLie(
  { event, by, before, after }: AcceptedWrite,
  run: HandlerRun | undefined,
  deadline = Number.POSITIVE_INFINITY,
): string | undefined {
  switch (event) {
    case 'complete':
      return run?.ended === 'returned' && run.result === after.result
        ? undefined
        : `whose handler ${run?.ended ?? 'did not end'}`;
    case 'fail':
      return after.status === 'canceled'
        ? undefined
        : (findLieAboutReason(after, run, deadline) ?? findLieAboutBudget(before, after, run));
    case 'lease-ended':
      return after.status === 'failed' && after.crashes < MAX_CRASHES ? `after ${after.crashes} crashes` : undefined;
    case 'interrupt':
      return by?.stop.aborted === true ? undefined : 'although nobody asked its process to stop';
    case 'unknown-type':
      return run === undefined ? undefined : 'although its handler ran';
    default:
      return undefined;
  }
}

function findLieAboutReason(
  { error }: AcceptedWrite['after'],
  run: HandlerRun | undefined,
  deadline: number,
): string | undefined {
  if (error?.name === 'timed-out') {
    return run !== undefined && (run.endedAt ?? Number.POSITIVE_INFINITY) + run.process.skewMs >= deadline
      ? undefined
      : 'although its time was not up';
  }
  const thrown = run?.error;
  return thrown instanceof Error && thrown.name === error?.name && thrown.message === error.message
    ? undefined
    : `for "${error?.name}: ${error?.message}", its handler ${run?.ended ?? 'did not end'}: ${String(thrown)}`;
}

/** A failure is charged once, and it is the last one if trying again cannot help or nothing is left of the budget. */
function findLieAboutBudget(
  before: AcceptedWrite['before'],
  { status, failures }: AcceptedWrite['after'],
  run: HandlerRun | undefined,
): string | undefined {
  if (failures !== (before?.failures ?? 0) + 1) {
    return `charged with ${failures} failures after ${before?.failures}`;
  }
  const isLast = run?.error instanceof PermanentError || failures >= MAX_FAILURES;
  return isLast === (status === 'failed')
    ? undefined
    : `after ${failures} failures, the last one ${String(run?.error)}`;
}

/** What only a person or a caller can want. */
function findUnasked({ ledger }: World, { event, by, before, after }: AcceptedWrite): string | undefined {
  const isWish = event === 'cancel' || event === 'retry';
  const wish = by === undefined ? undefined : ledger.wishes.get(by);
  if (isWish && !(wish?.kind === event && wish.id === after.id)) {
    return 'which nobody asked for';
  }
  if (event === 'redrive' && ledger.redrives === 0) {
    return 'although nobody moved its dead letter back';
  }
  if (!isWish && after.status === 'canceled' && before?.status !== 'canceled' && before?.cancelRequested !== true) {
    return 'which nobody asked for';
  }
  if (event !== 'cancel' && event !== 'raw-put' && after.cancelRequested === true && before?.cancelRequested !== true) {
    return 'as if somebody wanted it canceled';
  }
  return before?.cancelRequested === true && !['running', 'completed', 'canceled'].includes(after.status)
    ? 'although it was to be canceled'
    : undefined;
}
