import { runCourse } from '../run/course.ts';
import type { Scenario } from '../scenarios/scenario.ts';
import type { SimulateOptions } from './options.ts';

/** Runs a few courses with everything told, or with exactly the faults that are named. Answers whether all went well. */
export async function replay(
  scenario: Scenario,
  { from, seeds, faults, trace }: SimulateOptions,
  say: (line: string) => void,
): Promise<boolean> {
  let violations = 0;
  for (let seed = from; seed < from + seeds; seed += 1) {
    const course = await runCourse({ scenario, seed, only: faults, keepsTrace: trace });
    for (const line of course.world.trace.lines) {
      say(line);
    }
    const { struck, hash, violation } = course;
    violations += Number(violation !== undefined);
    say(`${scenario.name}, seed ${seed}: ${struck.length} faults, ${violation ?? 'no violation'}, trace ${hash}`);
  }
  return violations === 0;
}
