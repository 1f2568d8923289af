import type { AcceptedTransition } from './accepted-transition.ts';
import { attemptBefore, endsJob, isWordOfPerson, problemOf } from './steps.ts';
import type { Problem } from './violation.ts';

/** How a run can end without being charged for it. */
const UNCHARGED: readonly AcceptedTransition['event'][] = ['interrupt', 'unknown-type'];

/**
 * Runs between two words of a person; those that a process gave back, or that met an unknown type, are charged to nobody. Where
 * steps are missing nobody knows what they were: the count begins anew.
 */
export function checkBudget(
  steps: readonly AcceptedTransition[],
  gaps: readonly AcceptedTransition[],
): readonly Problem[] {
  const uncharged = new Set(steps.filter(({ event }) => UNCHARGED.includes(event)).map(({ attempt }) => attempt));
  const breaks = new Set([
    ...gaps.map(attemptBefore),
    ...steps.filter((step) => endsJob(step) || isWordOfPerson(step)).map(({ attempt }) => attempt),
  ]);
  const claims = steps.filter(({ event }) => event === 'claim').sort((left, right) => left.attempt - right.attempt);
  const problems: Problem[] = [];
  let runs = 0;
  let last = Number.NaN;
  for (const claim of claims) {
    if (claim.attempt > last + 1 || breaks.has(last)) {
      runs = 0;
    }
    runs += uncharged.has(claim.attempt) ? 0 : 1;
    last = claim.attempt;
    if (claim.maxRuns !== undefined && runs > claim.maxRuns) {
      problems.push(problemOf('I7', claim, `run ${runs} of at most ${claim.maxRuns}`));
    }
  }
  return problems;
}
