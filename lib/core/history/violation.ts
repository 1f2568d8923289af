/**
 * What the history of a job must hold:
 * - `I3`: one final transition for each run.
 * - `I4`: attempts never fall, each is claimed once, and every step is one of the table of transitions: above all, a final status is left only by a person.
 * - `I5`: one successor for each state, and no word about a run that is over: a worker that had lost its job changed nothing.
 * - `I6`: completed by a run, failed with a reason, canceled because somebody asked. Not whether a handler returned: no line tells.
 * - `I7`: charged runs within the budgets.
 */
export type Invariant = 'I3' | 'I4' | 'I5' | 'I6' | 'I7';

export interface Violation {
  readonly invariant: Invariant;
  readonly jobId: string;
  readonly detail: string;
}

/** What is wrong with the history of the job at hand. */
export type Problem = Omit<Violation, 'jobId'>;
