import { parseArgs } from 'node:util';
import { toFaults } from '../simulation/command/options.ts';
import { LARGEST_SEED, toWhole, UsageError, withUsage } from '../simulation/command/usage.ts';
import type { FaultName } from '../simulation/faults/fault-source.ts';
import { scenarioOf } from '../simulation/scenarios/index.ts';
import type { Scenario } from '../simulation/scenarios/scenario.ts';

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
  const { values } = withUsage(() =>
    parseArgs({
      args: [...args],
      options: {
        engines: { type: 'boolean', default: false },
        seeds: { type: 'string' },
        from: { type: 'string' },
        scenario: { type: 'string' },
        faults: { type: 'string' },
      },
    }),
  );
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

export interface SoakOptions {
  readonly minutes: number;
  readonly jobs: number;
  readonly seed: number;
}

const MOST_JOBS = 1_000_000;
const MOST_MINUTES = 7 * 24 * 60;

/** Of `npm run soak`. @throws UsageError */
export function parseSoakOptions(args: readonly string[], drawnSeed: number): SoakOptions {
  const { minutes, jobs, seed } = withUsage(
    () =>
      parseArgs({
        args: [...args],
        options: {
          minutes: { type: 'string', default: '5' },
          jobs: { type: 'string', default: '5000' },
          seed: { type: 'string', default: String(drawnSeed) },
        },
      }).values,
  );
  return {
    minutes: toWhole('--minutes', minutes, { least: 1, most: MOST_MINUTES }),
    jobs: toWhole('--jobs', jobs, { least: 1, most: MOST_JOBS }),
    seed: toWhole('--seed', seed, { least: 0, most: LARGEST_SEED }),
  };
}
