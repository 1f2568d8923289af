import { FAILURE_REASONS } from '../job.ts';
import { isAllowed } from '../transitions.ts';
import type { AcceptedTransition } from './accepted-transition.ts';
import { endsJob, problemOf } from './steps.ts';
import type { Problem } from './violation.ts';

/** What the system itself says where it lets a job fail; a handler's own errors have any name. */
const REASONS: Readonly<Partial<Record<AcceptedTransition['event'], string>>> = {
  'lease-ended': FAILURE_REASONS.crashed,
  'unknown-type': FAILURE_REASONS.unknownType,
  reject: FAILURE_REASONS.malformed,
};

/** What a line shows by itself. */
export function checkStep(step: AcceptedTransition): readonly Problem[] {
  const { event, to, attempt, reason } = step;
  const problems: Problem[] = [];
  if (!isPossible(step)) {
    problems.push(problemOf('I4', step, 'not in the table of transitions'));
  }
  if (to === 'completed' && endsJob(step) && attempt < 1) {
    problems.push(problemOf('I6', step, 'completed without a run'));
  }
  if (to === 'failed' && endsJob(step)) {
    const expected = REASONS[event];
    if (reason === undefined || reason === '') {
      problems.push(problemOf('I6', step, 'failed without a reason'));
    } else if (expected !== undefined && reason !== expected) {
      problems.push(problemOf('I6', step, `the reason is ${reason} instead of ${expected}`));
    }
  }
  if (to !== 'failed' && reason !== undefined) {
    problems.push(problemOf('I6', step, 'has a reason and did not fail'));
  }
  return problems;
}

function isPossible({ event, from, to, since }: AcceptedTransition): boolean {
  if (event === 'submit') {
    return from === undefined;
  }
  // A claim reads nothing: where the job's history begins with it, nothing tells what it found.
  const found = event === 'claim' && from === undefined && since === undefined ? 'queued' : from;
  return isAllowed(event, found, to);
}
