import { type ParseArgsConfig, parseArgs } from 'node:util';
import { toUsageError } from '../../lib/cli/errors.ts';
import { toFaults } from '../simulation/command/options.ts';
import { LARGEST_SEED, toWhole, UsageError, withUsage } from '../simulation/command/usage.ts';
import type { FaultName } from '../simulation/faults/fault-source.ts';
import { SCENARIOS, scenarioOf } from '../simulation/scenarios/index.ts';
import type { Scenario } from '../simulation/scenarios/scenario.ts';

const MOST_JOBS = 1_000_000;
const MOST_MINUTES = 7 * 24 * 60;
const minutesOf = (text: string): number => toWhole('--minutes', text, { least: 1, most: MOST_MINUTES });
const jobsOf = (text: string): number => toWhole('--jobs', text, { least: 1, most: MOST_JOBS });

/** @throws UsageError that says which argument is not understood, without Node's advice on how to pass it all the same */
function readValues<Options extends NonNullable<ParseArgsConfig['options']>>(
  args: readonly string[],
  options: Options,
) {
  try {
    return parseArgs({ args: [...args], options }).values;
  } catch (error) {
    throw new UsageError(toUsageError(error).message, { cause: error });
  }
}

export const FAULTS_USAGE = `npm run faults -- [--engines [--seeds N] [--from S] [--scenario NAME [--faults NAME,NAME]]]

Kills and freezes processes at the first, third and last hit of every failpoint. Exits with 1 unless every job ends once, and truly.

--engines   runs the scenarios of the simulation on the engines behind fault proxies instead
--seeds     of each scenario (20)
--from      the first of them (0)
--scenario  this one alone
--faults    exactly these faults instead of those drawn from the seed

Scenarios: ${SCENARIOS.map(({ name }) => name).join(', ')}`;

export interface FaultsOptions {
  readonly engines: boolean;
  readonly seeds: number;
  readonly from: number;
  readonly scenario: Scenario | undefined;
  /** Exactly these instead of those of the seed. */
  readonly faults: ReadonlySet<FaultName> | undefined;
}

/** Of `npm run faults`. @throws UsageError */
export function parseFaultsOptions(args: readonly string[]): FaultsOptions {
  const values = readValues(args, {
    engines: { type: 'boolean', default: false },
    seeds: { type: 'string' },
    from: { type: 'string' },
    scenario: { type: 'string' },
    faults: { type: 'string' },
  });
  const { engines, seeds = '20', from = '0', scenario, faults } = values;
  if (!engines && Object.keys(values).length > 1) {
    throw new UsageError('--seeds, --from, --scenario and --faults belong to courses on the engines. Add --engines.');
  }
  return {
    engines,
    seeds: toWhole('--seeds', seeds, { least: 1, most: LARGEST_SEED }),
    from: toWhole('--from', from, { least: 0, most: LARGEST_SEED }),
    scenario: scenario === undefined ? undefined : withUsage(() => scenarioOf(scenario)),
    faults: faults === undefined ? undefined : toFaults(faults),
  };
}

export const SOAK_USAGE = `npm run soak -- [--minutes N] [--jobs N] [--seed S]

Submits jobs through every door while functions, engines and npm start itself are killed. Exits with 1 unless every accepted job ended
once, and truly.

--minutes  of killing (5)
--jobs     submitted meanwhile (5000)
--seed     of the jobs and the kills; a new one without`;

export interface SoakOptions {
  readonly minutes: number;
  readonly jobs: number;
  readonly seed: number;
}

/** Of `npm run soak`. @throws UsageError */
export function parseSoakOptions(args: readonly string[], drawnSeed: number): SoakOptions {
  const { minutes, jobs, seed } = readValues(args, {
    minutes: { type: 'string', default: '5' },
    jobs: { type: 'string', default: '5000' },
    seed: { type: 'string', default: String(drawnSeed) },
  });
  return {
    minutes: minutesOf(minutes),
    jobs: jobsOf(jobs),
    seed: toWhole('--seed', seed, { least: 0, most: LARGEST_SEED }),
  };
}

const LOADS = ['drain', 'burst', 'throttled'] as const;
export type LoadName = (typeof LOADS)[number];

export const LOAD_USAGE = `npm run load -- [--only NAME,NAME] [--jobs N] [--minutes N]

Measures an installation under load. Exits with 1 unless all is as it should be: every job completed once, no dead letters, no memory
that grows, at most three times the requests while writes are throttled.

--only     these alone: ${LOADS.join(', ')}
--jobs     that drain submits as fast as they are done (100000)
--minutes  that throttled submits for, in peace and throttled (5)`;

export interface LoadOptions {
  readonly loads: readonly LoadName[];
  readonly jobs: number;
  readonly minutes: number;
}

/** Of `npm run load`. @throws UsageError */
export function parseLoadOptions(args: readonly string[]): LoadOptions {
  const { only, jobs, minutes } = readValues(args, {
    only: { type: 'string', default: LOADS.join(',') },
    jobs: { type: 'string', default: '100000' },
    minutes: { type: 'string', default: '5' },
  });
  const names = only.split(',');
  const unknown = names.find((name) => !LOADS.some((load) => load === name));
  if (unknown !== undefined) {
    throw new UsageError(`Expected --only to name ${LOADS.join(', ')}, got "${unknown}".`);
  }
  return { loads: LOADS.filter((load) => names.includes(load)), jobs: jobsOf(jobs), minutes: minutesOf(minutes) };
}
