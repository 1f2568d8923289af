import { parseArgs } from 'node:util';
import { type Course, runCourse } from './run/course.ts';
import { explainFailure } from './run/explain.ts';
import { SCENARIOS, scenarioOf } from './scenarios/index.ts';
import type { Scenario } from './scenarios/scenario.ts';

const USAGE = `npm run simulate -- [--scenario NAME] [--seeds N] [--from S] [--faults NAME,NAME] [--trace]
Runs every scenario, or one, under N seeds from S on; exits with 1 when an invariant is violated.
--faults  exactly these faults instead of those drawn from the seed (an empty list: none)
--trace   prints everything that happened
Scenarios: ${SCENARIOS.map(({ name }) => name).join(', ')}`;

const MAX_EXPLAINED = 5;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      scenario: { type: 'string' },
      seeds: { type: 'string', default: '1000' },
      from: { type: 'string', default: '0' },
      faults: { type: 'string' },
      trace: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(USAGE);
    return;
  }
  const scenarios = values.scenario === undefined ? SCENARIOS : [scenarioOf(values.scenario)];
  const only =
    values.faults === undefined ? undefined : new Set(values.faults.split(',').filter((name) => name !== ''));
  const [from, seeds] = [Number(values.from), Number(values.seeds)];
  for (const scenario of scenarios) {
    await simulate(scenario, { from, seeds, only, keepsTrace: values.trace });
  }
}

async function simulate(
  scenario: Scenario,
  {
    from,
    seeds,
    only,
    keepsTrace,
  }: { from: number; seeds: number; only: Set<string> | undefined; keepsTrace: boolean },
): Promise<void> {
  let failures = 0;
  let faults = 0;
  let last: Course | undefined;
  for (let seed = from; seed < from + seeds; seed += 1) {
    const options = { scenario, seed, only, keepsTrace };
    last = await runCourse(options);
    faults += last.struck.length;
    if (keepsTrace) {
      console.log(last.world.trace.lines.join('\n'));
    }
    if (last.violation !== undefined) {
      failures += 1;
      process.exitCode = 1;
      if (failures <= MAX_EXPLAINED) {
        console.log(keepsTrace ? last.violation : await explainFailure(options, last));
      }
    }
  }
  const trace = seeds === 1 ? `, trace ${last?.hash}` : '';
  console.log(`${scenario.name}: seeds ${from} to ${from + seeds - 1}, ${faults} faults, ${failures} failures${trace}`);
}

await main();
