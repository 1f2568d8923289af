/** `npm run faults -- --engines`: the scenarios of the simulation on the engines, under as many seeds as wanted. */

import { SCENARIOS } from '../../simulation/scenarios/index.ts';
import type { RunningCommand } from '../command.ts';
import type { FaultsOptions } from '../options.ts';
import { runEngineCourse } from './engine-course.ts';
import { startEngines } from './engines.ts';

/** Resolves with the number of courses that failed. */
export async function runEngineCourses(
  { seeds, from, scenario, faults: only }: FaultsOptions,
  { signal, tellBy }: RunningCommand,
): Promise<number> {
  let failures = 0;
  const sums = { courses: 0, jobs: 0, requests: 0, faults: 0 };
  tellBy(() => `${sums.courses} courses, ${sums.jobs} jobs, ${sums.faults} faults, ${failures} failures`);
  const interrupted = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
  const engines = await startEngines();
  try {
    for (const one of scenario === undefined ? SCENARIOS : [scenario]) {
      const startedAt = performance.now();
      const before = { ...sums, failures };
      for (let seed = from; seed < from + seeds; seed += 1) {
        signal.throwIfAborted();
        const course = runEngineCourse(engines, { scenario: one, seed, only });
        const { violation, struck, jobs, requests } = await Promise.race([course, interrupted]);
        sums.courses += 1;
        sums.jobs += jobs;
        sums.requests += requests;
        sums.faults += struck.length;
        if (violation !== undefined) {
          failures += 1;
          console.log(`${one.name}, seed ${seed}: ${violation}`);
          console.log(`  npm run faults -- --engines --scenario ${one.name} --from ${seed} --seeds 1`);
          console.log(`  faults: ${struck.join(',')}`);
        }
      }
      const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1);
      console.log(
        `${one.name.padEnd(22)} seeds ${from} to ${from + seeds - 1}: ${sums.jobs - before.jobs} jobs, ${sums.requests - before.requests} requests, ${sums.faults - before.faults} faults, ${failures - before.failures} failures in ${seconds} s`,
      );
    }
    const { dynamodb, sqs } = engines.proxies;
    const onTheWire = [...dynamodb.counts.values(), ...sqs.counts.values()].reduce((sum, count) => sum + count, 0);
    console.log(
      `${sums.courses} courses, ${sums.jobs} jobs, ${sums.requests} calls in ${onTheWire} HTTP requests, ${sums.faults} faults: ${failures} failures`,
    );
  } finally {
    await engines.close();
  }
  return failures;
}
