import { scenarioOf } from '../scenarios/index.ts';
import { runCourse } from './course.ts';
import { explainFailure } from './explain.ts';
import type { RareBranch } from './rare-branches.ts';

export interface Courses {
  readonly courses: number;
  readonly faults: number;
  /** Seeds under which an invariant was violated. */
  readonly failed: readonly number[];
  readonly reached: readonly RareBranch[];
  /** Of the last course. */
  readonly hash: string;
}

/** One scenario under seeds that follow one another. */
export async function runCourses(given: {
  readonly scenario: string;
  readonly from: number;
  readonly count: number;
}): Promise<Courses> {
  const scenario = scenarioOf(given.scenario);
  const reached = new Set<RareBranch>();
  const failed: number[] = [];
  let faults = 0;
  let hash = '';
  for (let seed = given.from; seed < given.from + given.count; seed += 1) {
    const course = await runCourse({ scenario, seed, reached });
    faults += course.struck.length;
    hash = course.hash;
    if (course.violation !== undefined) {
      failed.push(seed);
    }
  }
  return { courses: given.count, faults, failed, reached: [...reached], hash };
}

/** What it takes for a scenario to fail under a seed, and the command that shows it. */
export async function explainSeed(given: { readonly scenario: string; readonly seed: number }): Promise<string> {
  const options = { scenario: scenarioOf(given.scenario), seed: given.seed };
  return await explainFailure(options, await runCourse(options));
}
