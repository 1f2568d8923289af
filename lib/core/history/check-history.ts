import { isFinal, type Status } from '../status.ts';
import { isAllowed } from '../transitions.ts';
import type { AcceptedTransition } from './accepted-transition.ts';

/**
 * What the history of a job must hold:
 * - `I3`: one final transition for each run.
 * - `I4`: attempts never fall, each is claimed once, and every step is one of the table of transitions: above all, a final status is left only by a person.
 * - `I5`: one successor for each state: a worker that had lost its job changed nothing.
 * - `I6`: completed by a run, failed with a reason.
 * - `I7`: charged runs within the budgets.
 */
export type Invariant = 'I3' | 'I4' | 'I5' | 'I6' | 'I7';

export interface Violation {
  readonly invariant: Invariant;
  readonly jobId: string;
  readonly detail: string;
}

export interface HistoryReport {
  readonly violations: readonly Violation[];
  /** Transitions before which another must have been that is not there: a process that dies between a write and its line leaves one out. */
  readonly gaps: readonly string[];
  readonly isFinal: boolean;
}

/** How a run can end without being charged for it. */
const UNCHARGED: readonly string[] = ['interrupt', 'unknown-type'];

/**
 * Checks all that is known of one job's history. The order of the transitions does not matter, since logs of several processes have
 * none; one that came twice counts once.
 */
export function checkHistory(jobId: string, transitions: readonly AcceptedTransition[]): HistoryReport {
  const steps = withoutRepetitions(transitions);
  const predecessors = checkPredecessors(steps);
  const problems = [
    ...steps.flatMap(checkStep),
    ...findForks(steps),
    ...findRepeatedClaims(steps),
    ...predecessors.problems,
    ...checkBudget(steps),
  ];
  return {
    violations: problems.map((problem) => ({ jobId, ...problem })),
    gaps: [...predecessors.gaps, ...findWordsOfNobody(steps)].map((step) => describe(step)),
    isFinal: isOver(steps),
  };
}

type Problem = Omit<Violation, 'jobId'>;

/** An item that somebody put raw may be told of as submitted and rejected by one write; the rejection is then its end. */
function endsJob({ event, to }: AcceptedTransition): boolean {
  return isFinal(to) && event !== 'move-lane' && event !== 'submit';
}

function withoutRepetitions(transitions: readonly AcceptedTransition[]): readonly AcceptedTransition[] {
  return [...new Map(transitions.map((step) => [keyOf(step), step])).values()];
}

function keyOf({ event, from, to, attempt, at, since, reason }: AcceptedTransition): string {
  return JSON.stringify([event, from, to, attempt, at, since, reason]);
}

function checkStep(step: AcceptedTransition): readonly Problem[] {
  const { event, from, to, attempt, reason } = step;
  const problems: Problem[] = [];
  if (event !== 'submit' && !isAllowed(event, from, to)) {
    problems.push({ invariant: 'I4', detail: `${describe(step)}: not in the table of transitions` });
  }
  if (to === 'completed' && endsJob(step) && attempt < 1) {
    problems.push({ invariant: 'I6', detail: `${describe(step)}: completed without a run` });
  }
  if (to === 'failed' && endsJob(step) && (reason === undefined || reason === '')) {
    problems.push({ invariant: 'I6', detail: `${describe(step)}: failed without a reason` });
  }
  return problems;
}

/** Two steps that leave the same state. Those that leave the status as it is (a request, a progress) leave no state. */
function findForks(steps: readonly AcceptedTransition[]): readonly Problem[] {
  const leaving = new Map<string, AcceptedTransition>();
  const problems: Problem[] = [];
  for (const step of steps.filter(leavesState)) {
    // An attempt leaves its run once, whatever was asked of it meanwhile.
    const since = step.from === 'running' ? undefined : step.since;
    const state = JSON.stringify([step.from, attemptBefore(step), since]);
    const other = leaving.get(state);
    leaving.set(state, step);
    if (other !== undefined) {
      const invariant = isFinal(other.to) && isFinal(step.to) ? 'I3' : 'I5';
      problems.push({ invariant, detail: `${describe(other)} and ${describe(step)} both left the same state` });
    }
  }
  return problems;
}

function leavesState({ event, from, to }: AcceptedTransition): boolean {
  return event !== 'submit' && from !== to;
}

function attemptBefore({ event, attempt }: AcceptedTransition): number {
  return event === 'claim' ? attempt - 1 : attempt;
}

function findRepeatedClaims(steps: readonly AcceptedTransition[]): readonly Problem[] {
  const claims = steps.filter(({ event }) => event === 'claim').map(({ attempt }) => attempt);
  const repeated = claims.filter((attempt, index) => claims.indexOf(attempt) < index);
  return [...new Set(repeated)].map((attempt) => ({ invariant: 'I4', detail: `attempt ${attempt} was claimed twice` }));
}

/**
 * The step before each, as the times in the job's history name it, must have left what this one found: an attempt that is higher
 * than that is a gap only, since a step whose line is missing may have been made in the same millisecond.
 */
function checkPredecessors(steps: readonly AcceptedTransition[]): {
  readonly problems: readonly Problem[];
  readonly gaps: readonly AcceptedTransition[];
} {
  const byEnd = new Map<string, number[]>();
  for (const { at, to, attempt } of steps) {
    const key = stateKey(at, to);
    byEnd.set(key, [...(byEnd.get(key) ?? []), attempt]);
  }
  const problems: Problem[] = [];
  const gaps: AcceptedTransition[] = [];
  const first = Math.min(...steps.map(({ at }) => at ?? Number.POSITIVE_INFINITY));
  for (const step of steps.filter(({ at, since }) => at !== undefined && since !== undefined)) {
    const attempts = byEnd.get(stateKey(step.since, step.from)) ?? [];
    const before = attemptBefore(step);
    if (attempts.includes(before)) {
      continue;
    }
    if (attempts.some((attempt) => attempt > before)) {
      problems.push({ invariant: 'I4', detail: `${describe(step)} followed attempt ${attempts.join(', ')}` });
    } else if (!(step.at === first && followsSubmit(step))) {
      gaps.push(step);
    }
  }
  return { problems, gaps };
}

/** Who submits by SDK, or puts an item, is no function and writes no line. */
function followsSubmit(step: AcceptedTransition): boolean {
  return attemptBefore(step) === 0 && (step.from === 'dispatched' || step.from === 'queued');
}

/** What is told of a run from within has no place among the times, but a claim before it. */
function findWordsOfNobody(steps: readonly AcceptedTransition[]): readonly AcceptedTransition[] {
  const claimed = new Set(steps.filter(({ event }) => event === 'claim').map(({ attempt }) => attempt));
  return steps.filter(
    ({ from, to, at, attempt }) => from === 'running' && to === 'running' && at === undefined && !claimed.has(attempt),
  );
}

function stateKey(at: number | undefined, status: Status | undefined): string {
  return `${at} ${status}`;
}

/** Runs between two final states; those that a process gave back, or that met an unknown type, are charged to nobody. */
function checkBudget(steps: readonly AcceptedTransition[]): readonly Problem[] {
  const uncharged = new Set(steps.filter(({ event }) => UNCHARGED.includes(event)).map(({ attempt }) => attempt));
  const ends = steps.filter(endsJob).map(({ attempt }) => attempt);
  const claims = steps
    .filter(({ event, attempt }) => event === 'claim' && !uncharged.has(attempt))
    .sort((left, right) => left.attempt - right.attempt);
  const runs = new Map<number, number>();
  const problems: Problem[] = [];
  for (const claim of claims) {
    const life = ends.filter((attempt) => attempt < claim.attempt).length;
    const count = (runs.get(life) ?? 0) + 1;
    runs.set(life, count);
    if (claim.maxRuns !== undefined && count > claim.maxRuns) {
      problems.push({ invariant: 'I7', detail: `${describe(claim)}: run ${count} of at most ${claim.maxRuns}` });
    }
  }
  return problems;
}

/** The job has ended as often as it was opened, and once at least. */
function isOver(steps: readonly AcceptedTransition[]): boolean {
  const ended = steps.filter(endsJob).length;
  const reopened = steps.filter(({ event }) => event === 'retry' || event === 'redrive').length;
  return ended > reopened;
}

function describe({ event, from, to, attempt }: AcceptedTransition): string {
  return `${event} (${from ?? 'nothing'} → ${to}, attempt ${attempt})`;
}
