import type { AcceptedTransition } from './accepted-transition.ts';
import { checkBudget } from './check-budget.ts';
import { checkOrder } from './check-order.ts';
import { checkStep } from './check-step.ts';
import { describeStep, endsJob, isWordOfPerson } from './steps.ts';
import type { Violation } from './violation.ts';

export interface HistoryReport {
  readonly violations: readonly Violation[];
  /** Transitions before which another must have been that is not there: a process that dies between a write and its line leaves one out. */
  readonly gaps: readonly string[];
  readonly isFinal: boolean;
}

/**
 * Checks all that is known of one job's history. The order of the transitions does not matter, since logs of several processes have
 * none. Times are held to clocks that are wrong by less than a minute.
 *
 * @param steps each once
 */
export function checkHistory(jobId: string, steps: readonly AcceptedTransition[]): HistoryReport {
  const { problems, gaps } = checkOrder(steps);
  const all = [...steps.flatMap(checkStep), ...problems, ...checkBudget(steps, gaps)];
  return {
    violations: all.map((problem) => ({ jobId, ...problem })),
    gaps: [...new Set(gaps.map(describeStep))],
    isFinal: isOver(steps),
  };
}

/** In its last attempt the job has ended once more than it was re-opened; or nothing is known but that its end was put in order. */
function isOver(steps: readonly AcceptedTransition[]): boolean {
  const lastAttempt = Math.max(...steps.map(({ attempt }) => attempt));
  const last = steps.filter(({ attempt }) => attempt === lastAttempt);
  return (
    last.filter(endsJob).length > last.filter(isWordOfPerson).length ||
    (steps.length > 0 && steps.every(({ event }) => event === 'move-lane'))
  );
}
