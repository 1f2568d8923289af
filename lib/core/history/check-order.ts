import { isFinal } from '../status.ts';
import type { AcceptedTransition } from './accepted-transition.ts';
import { attemptBefore, describeStep, isRemembered, leavesRun, leavesState, problemOf } from './steps.ts';
import type { Problem } from './violation.ts';

/** Each of two clocks is wrong by less than a minute. */
const CLOCKS_MS = 2 * 60_000;
/** A decision is carried out while its invocation lasts, or up to a minute later. */
const LANDING_MS = 16 * 60_000;

/** What a worker decides about its own run, by one clock. */
const OWN: readonly AcceptedTransition['event'][] = ['progress', 'complete', 'fail', 'interrupt', 'unknown-type'];

export interface Order {
  readonly problems: readonly Problem[];
  /** Steps before which another must have been that is not there. */
  readonly gaps: readonly AcceptedTransition[];
}

/** Each step must follow another that left what it found. What a line contradicts is a problem, what is only missing a gap. */
export function checkOrder(steps: readonly AcceptedTransition[]): Order {
  const remembered = groupByAttempt(steps.filter(isRemembered));
  const problems = [
    ...findForks(steps),
    ...findRepetitions(steps),
    ...findLateWords(steps),
    ...findDeafEnds(steps),
    ...findRunsAfterCompletion(steps),
  ];
  const orphans: AcceptedTransition[] = [];
  for (const step of steps) {
    if (step.since === undefined && (step.event === 'submit' || isFirst(step, steps))) {
      continue;
    }
    const before = attemptBefore(step);
    const known = remembered.get(before) ?? [];
    const predecessor = known.find((other) => other !== step && other.at === step.since && other.to === step.from);
    if (predecessor !== undefined) {
      problems.push(...checkPair(step, predecessor));
      continue;
    }
    const contradiction = findContradiction(step, known, remembered);
    if (contradiction === undefined) {
      orphans.push(step);
    } else {
      problems.push(contradiction);
    }
  }
  return { problems, gaps: withoutSubmitOfOthers(orphans, steps) };
}

function groupByAttempt(steps: readonly AcceptedTransition[]): ReadonlyMap<number, readonly AcceptedTransition[]> {
  const groups = new Map<number, AcceptedTransition[]>();
  for (const step of steps) {
    const group = groups.get(step.attempt);
    if (group === undefined) {
      groups.set(step.attempt, [step]);
    } else {
      group.push(step);
    }
  }
  return groups;
}

/** An item that somebody put raw has no line before the first about it, which is told as its submit, too. */
function isFirst(step: AcceptedTransition, steps: readonly AcceptedTransition[]): boolean {
  return steps.every((other) =>
    other.event === 'submit'
      ? other.at === undefined || (other.at === step.at && other.to === step.to && other.attempt === step.attempt)
      : other === step || other.since !== undefined || !isRemembered(other) || !isRemembered(step),
  );
}

function checkPair(step: AcceptedTransition, predecessor: AcceptedTransition): readonly Problem[] {
  const isOneClock = OWN.includes(step.event) && predecessor.event === 'claim';
  // A claim is decided before it is known what it will find.
  if (step.event !== 'claim' && isBefore(step.at, predecessor.at, isOneClock ? 0 : CLOCKS_MS)) {
    return [problemOf('I5', step, `decided before ${describeStep(predecessor)}, which it followed`)];
  }
  const isUnasked = step.to === 'canceled' && step.event !== 'cancel' && leavesRun(step);
  return isUnasked && predecessor.event !== 'cancel' ? [problemOf('I6', step, 'nobody had asked for it')] : [];
}

/** Why its predecessor cannot just be missing: what stands at its place, or belongs to its run, says otherwise. */
function findContradiction(
  step: AcceptedTransition,
  known: readonly AcceptedTransition[],
  remembered: ReadonlyMap<number, readonly AcceptedTransition[]>,
): Problem | undefined {
  const end = known.find((other) => other !== step && leavesRun(other) && other.at === step.since);
  // A progress names its claim alone, and a run may begin and end in one millisecond.
  if (step.from === 'running' && step.event !== 'progress' && end !== undefined) {
    return problemOf('I5', step, `followed ${describeStep(end)}, which had ended its run`);
  }
  const claim = known.find(({ event }) => event === 'claim');
  if (step.event === 'progress' && claim !== undefined) {
    return problemOf('I5', step, 'of another run than the one that was claimed');
  }
  if (OWN.includes(step.event) && isBefore(step.at, claim?.at, 0)) {
    return problemOf('I5', step, 'decided before its run was claimed');
  }
  const attempts = [...remembered.values()]
    .flat()
    .filter((other) => other.at === step.since && other.to === step.from)
    // A lower one may be of the same millisecond as the step that is missing; no two runs of a job begin in one, where clocks agree.
    .filter((other) => other.event === 'claim' || other.attempt > attemptBefore(step))
    .map(({ attempt }) => attempt);
  return attempts.length > 0 ? problemOf('I4', step, `followed attempt ${attempts.join(', ')}`) : undefined;
}

/** Who submits by SDK, or puts an item, is no function and writes no line: where none tells of the submit, that much may be missing. */
function withoutSubmitOfOthers(
  orphans: readonly AcceptedTransition[],
  steps: readonly AcceptedTransition[],
): readonly AcceptedTransition[] {
  const first = orphans.find(
    (step) => attemptBefore(step) === 0 && step.from !== 'running' && step.since !== undefined,
  );
  if (first === undefined || steps.some(({ event }) => event === 'submit')) {
    return orphans;
  }
  return orphans.filter(
    (step) => !(attemptBefore(step) === 0 && step.from === first.from && step.since === first.since),
  );
}

/** Two steps that left the same state. */
function findForks(steps: readonly AcceptedTransition[]): readonly Problem[] {
  const leaving = new Map<string, AcceptedTransition>();
  const problems: Problem[] = [];
  for (const step of steps.filter(leavesState)) {
    // An attempt leaves its run once, whatever was asked of it meanwhile.
    const state = `${step.from} ${attemptBefore(step)} ${step.from === 'running' ? '' : step.since}`;
    const other = leaving.get(state);
    leaving.set(state, step);
    if (other !== undefined) {
      const invariant = isFinal(other.to) && isFinal(step.to) ? 'I3' : 'I5';
      problems.push({ invariant, detail: `${describeStep(other)} and ${describeStep(step)} both left the same state` });
    }
  }
  return problems;
}

/** A job is submitted once, and each of its attempts claimed once. */
function findRepetitions(steps: readonly AcceptedTransition[]): readonly Problem[] {
  const seen = new Set<number | string>();
  return steps.flatMap((step): readonly Problem[] => {
    if (step.event !== 'claim' && step.event !== 'submit') {
      return [];
    }
    const what = step.event === 'claim' ? step.attempt : step.event;
    const isRepeated = seen.has(what);
    seen.add(what);
    const detail = step.event === 'claim' ? `attempt ${step.attempt} was claimed twice` : 'was submitted twice';
    return isRepeated ? [{ invariant: 'I4', detail }] : [];
  });
}

/**
 * What was told of a run, or asked of it, once it was over. Times of one worker are those of one clock. Who ended a later attempt
 * had decided so after that was claimed; who ended this one may have decided so before.
 */
function findLateWords(steps: readonly AcceptedTransition[]): readonly Problem[] {
  const ends = steps.filter(leavesRun);
  return steps.flatMap((step) => {
    if (step.from !== 'running' || step.to !== 'running') {
      return [];
    }
    const end = ends.find(
      (other) => other.attempt >= step.attempt && isBefore(other.at, step.at, toleranceOf(step, other)),
    );
    return end === undefined
      ? []
      : [problemOf('I5', step, `decided after ${describeStep(end)}, which had ended its run`)];
  });
}

/** Whatever ends a run of which somebody wants nothing more cancels the job, unless the handler was faster. */
function findDeafEnds(steps: readonly AcceptedTransition[]): readonly Problem[] {
  const requested = new Set(steps.filter(isRequest).map(({ attempt }) => attempt));
  return steps
    .filter((step) => leavesRun(step) && requested.has(step.attempt))
    .filter(({ event, to }) => to !== 'completed' && to !== 'canceled' && event !== 'reject')
    .map((step) => problemOf('I6', step, 'was to be canceled'));
}

/** Nobody re-opens a completed job, so no attempt follows the one that completed it. */
function findRunsAfterCompletion(steps: readonly AcceptedTransition[]): readonly Problem[] {
  const completion = steps.find(({ event }) => event === 'complete');
  return completion === undefined
    ? []
    : steps
        .filter(({ attempt }) => attempt > completion.attempt)
        .map((step) => problemOf('I3', step, `came after ${describeStep(completion)}`));
}

function isRequest({ event, to }: AcceptedTransition): boolean {
  return event === 'cancel' && to === 'running';
}

function toleranceOf(step: AcceptedTransition, end: AcceptedTransition): number {
  if (end.attempt > step.attempt) {
    return CLOCKS_MS;
  }
  return step.event === 'progress' && OWN.includes(end.event) ? 0 : CLOCKS_MS + LANDING_MS;
}

function isBefore(one: number | undefined, other: number | undefined, toleranceMs: number): boolean {
  return one !== undefined && other !== undefined && one + toleranceMs < other;
}
