/** `npm run simulate -- …`. Exit codes: 0 all is well, 1 it is not, 2 wrong usage, 130 interrupted. */

import { parseOptions, type SimulateOptions, USAGE } from './command/options.ts';
import { replay } from './command/replay.ts';
import { Report } from './command/report.ts';
import { UsageError } from './command/usage.ts';
import { Pool } from './pool/pool.ts';
import { SEARCH_NAMES } from './run/searches.ts';
import { searchFaults, simulateScenario } from './run/simulate.ts';
import { SCENARIOS } from './scenarios/index.ts';
import { VARIANTS } from './variants/index.ts';

const INTERRUPTED = 130;
/** Searches are repeated under another seed for so many seeds of a scenario. */
const SEEDS_PER_SEARCH = 2_000;

const say = (line: string): void => console.log(line);

async function main(): Promise<number> {
  const options = parseOptions(process.argv.slice(2));
  if (options.help) {
    say(USAGE);
    return 0;
  }
  // Nobody reads any more, as behind `| head`.
  process.stdout.on('error', () => process.exit(INTERRUPTED));
  const { scenario, faults, trace } = options;
  if (scenario !== undefined && (trace || faults !== undefined)) {
    return Number(!(await replay(scenario, options, say)));
  }
  const report = new Report({ say, now: () => performance.now(), isWhole: scenario === undefined });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      say('Interrupted. Until now:');
      report.summarize();
      // Workers end with their process.
      process.exit(INTERRUPTED);
    });
  }
  const pool = new Pool(options.workers);
  await simulate(pool, options, report);
  await pool.close();
  report.tellMissed();
  report.summarize();
  return Number(!report.isGood);
}

async function simulate(pool: Pool, { scenario, seeds, from }: SimulateOptions, report: Report): Promise<void> {
  for (const { name } of scenario === undefined ? SCENARIOS : [scenario]) {
    await report.part(`${name} under seeds ${from} to ${from + seeds - 1}`, (tally) =>
      simulateScenario(pool, { scenario: name, seeds, from }, tally),
    );
  }
  if (scenario !== undefined) {
    return;
  }
  for (const search of SEARCH_NAMES) {
    for (let seed = from; seed < from + seeds; seed += SEEDS_PER_SEARCH) {
      await report.part(`${search} under seed ${seed}`, (tally) => searchFaults(pool, { search, seed }, tally));
    }
  }
  await Promise.all(VARIANTS.map(async ({ name }) => report.variant(name, await pool.run('huntVariant', name))));
}

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof UsageError)) {
    throw error;
  }
  console.error(`${error.message}\n\n${USAGE}`);
  process.exitCode = 2;
}
