import { type Course, type CourseOptions, runCourse } from './course.ts';
import { shrink } from './shrink.ts';

/** What a violated invariant is called. */
function nameOf(violation: string | undefined): string | undefined {
  return violation?.split(':', 1)[0];
}

/** Only those faults of a failing course that it takes to violate the same invariant, and the one command that shows it. */
export async function explainFailure(options: CourseOptions, { violation, hash, struck }: Course): Promise<string> {
  const violates = async (only: readonly string[]): Promise<boolean> =>
    nameOf((await runCourse({ ...options, only: new Set(only) })).violation) === nameOf(violation);
  const faults = await shrink(struck, violates);
  const least = await runCourse({ ...options, only: new Set(faults), keepsTrace: true });
  const { scenario, seed } = options;
  return [
    `Scenario ${scenario.name}, seed ${seed}, trace ${hash}: ${violation}`,
    `With ${faults.length} of its ${struck.length} faults, trace ${least.hash}: ${least.violation}`,
    `npm run simulate -- --scenario ${scenario.name} --from ${seed} --seeds 1 --trace --faults '${faults.join(',')}'`,
  ].join('\n');
}
