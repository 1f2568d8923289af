import { runCourse } from '../run/course.ts';
import type { Scenario } from '../scenarios/scenario.ts';
import type { SimulateOptions } from './options.ts';

/**
 * Runs a few courses with everything told, or with exactly the faults that are named. Answers whether all went well: a fault that
 * was named and had no occasion shows nothing.
 */
export async function replay(
  scenario: Scenario,
  { from, seeds, faults, trace }: SimulateOptions,
  say: (line: string) => void,
): Promise<boolean> {
  let violations = 0;
  let missed = 0;
  for (let seed = from; seed < from + seeds; seed += 1) {
    const course = await runCourse({ scenario, seed, only: faults, keepsTrace: trace });
    for (const line of course.world.trace.lines) {
      say(line);
    }
    const { struck, hash, violation } = course;
    violations += Number(violation !== undefined);
    for (const name of faults ?? []) {
      if (!struck.includes(name) && violation === undefined) {
        missed += 1;
        say(`${scenario.name}, seed ${seed}: the fault "${name}" had no occasion. Expected one that --trace names.`);
      }
    }
    say(`${scenario.name}, seed ${seed}: ${struck.length} faults, ${violation ?? 'no violation'}, trace ${hash}`);
  }
  return violations + missed === 0;
}
