import { isFinal } from '../status.ts';
import type { AcceptedTransition } from './accepted-transition.ts';
import type { Problem, Violation } from './violation.ts';

export const problemOf = (invariant: Violation['invariant'], step: AcceptedTransition, what: string): Problem => ({
  invariant,
  detail: `${describeStep(step)}: ${what}`,
});

export function describeStep({ event, from, to, attempt }: AcceptedTransition): string {
  return `${event} (${from ?? 'nothing'} → ${to}, attempt ${attempt})`;
}

/** The attempt of the state that it left: a claim alone counts. */
export function attemptBefore({ event, attempt }: AcceptedTransition): number {
  return event === 'claim' ? attempt - 1 : attempt;
}

/** A request, a progress and a second look leave the job as it is. */
export function leavesState({ event, from, to }: AcceptedTransition): boolean {
  return event !== 'submit' && from !== to;
}

/** Whether the job's own history has a line for it, which the next step names; for a move of an unreadable item it has one, too. */
export function isRemembered(step: AcceptedTransition): boolean {
  return ['submit', 'cancel', 'move-lane'].includes(step.event) || leavesState(step);
}

export function leavesRun(step: AcceptedTransition): boolean {
  return step.from === 'running' && step.to !== 'running';
}

/** An item that somebody put raw may be told of as submitted and rejected by one write; the rejection is then its end. */
export function endsJob({ event, to }: AcceptedTransition): boolean {
  return isFinal(to) && event !== 'move-lane' && event !== 'submit';
}

export function isWordOfPerson({ event }: AcceptedTransition): boolean {
  return event === 'retry' || event === 'redrive';
}
