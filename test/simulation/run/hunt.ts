import { scenarioOf } from '../scenarios/index.ts';
import { VARIANTS } from '../variants/index.ts';
import { runCourse } from './course.ts';

/** So many seeds a broken variant may survive. */
const SEEDS = 60;

export interface Hunt {
  readonly isCaught: boolean;
  readonly courses: number;
  /** What was violated in the last of them, if anything was. */
  readonly violation: string | undefined;
}

/** Runs a broken variant until an invariant that it should violate is violated. */
export async function huntVariant(name: string): Promise<Hunt> {
  const variant = VARIANTS.find((one) => one.name === name);
  if (variant === undefined) {
    throw new Error(`There is no variant "${name}". Choose one of: ${VARIANTS.map((one) => one.name).join(', ')}.`);
  }
  const scenario = scenarioOf(variant.scenario);
  const { alterations, violates, says = '' } = variant;
  const isMeant = (violation = ''): boolean =>
    violates.includes(violation.split(':', 1)[0] ?? '') && violation.includes(says);
  // First without any fault: some show themselves at once.
  let { violation } = await runCourse({ scenario, seed: 0, alterations, only: new Set() });
  let courses = 1;
  for (let seed = 0; seed < SEEDS && !isMeant(violation); seed += 1) {
    violation = (await runCourse({ scenario, seed, alterations })).violation;
    courses += 1;
  }
  return { isCaught: isMeant(violation), courses, violation };
}
