import { explainSeed, runCourses } from '../run/courses.ts';
import { listFirstFaults, strikeFaults } from '../run/every-fault.ts';
import { huntVariant } from '../run/hunt.ts';

/** What workers can do. Arguments and results pass from thread to thread, so they are plain data. */
export const TASKS = { runCourses, explainSeed, listFirstFaults, strikeFaults, huntVariant } as const;

export type TaskName = keyof typeof TASKS;
export type Given<Name extends TaskName> = Parameters<(typeof TASKS)[Name]>[0];
export type Outcome<Name extends TaskName> = Awaited<ReturnType<(typeof TASKS)[Name]>>;

export interface Task<Name extends TaskName = TaskName> {
  readonly name: Name;
  readonly given: Given<Name>;
}

/** What a worker says about its task. */
export type Reply =
  | { readonly kind: 'done'; readonly outcome: unknown }
  | { readonly kind: 'failed'; readonly error: unknown };
