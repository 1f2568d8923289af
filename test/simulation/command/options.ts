import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { isFaultKind } from '../faults/fault-kinds.ts';
import type { FaultName } from '../faults/fault-source.ts';
import { SCENARIOS, scenarioOf } from '../scenarios/index.ts';
import type { Scenario } from '../scenarios/scenario.ts';
import { LARGEST_SEED, toWhole, UsageError, withUsage } from './usage.ts';

export const USAGE = `npm run simulate -- [--seeds N] [--from S] [--workers N] [--scenario NAME [--faults NAME,NAME] [--trace]]

Runs every scenario under N seeds from S on, searches for faults and pairs of faults that matter, lets broken variants be caught and
counts the rare branches that were reached. Exits with 1 when an invariant is violated, a variant survives or a branch is missed.

--seeds     of each scenario (1000)
--from      the first of them (0)
--workers   threads that run courses, at most 64 (as many as there are cores)
--scenario  this one alone, and nothing but its seeds
--faults    exactly these faults instead of those drawn from the seed; an empty list: none
--trace     prints everything that happens

Scenarios: ${SCENARIOS.map(({ name }) => name).join(', ')}`;

export interface SimulateOptions {
  readonly help: boolean;
  readonly scenario: Scenario | undefined;
  readonly seeds: number;
  readonly from: number;
  readonly workers: number;
  readonly faults: ReadonlySet<FaultName> | undefined;
  readonly trace: boolean;
}

/** @throws UsageError */
export function parseOptions(args: readonly string[]): SimulateOptions {
  const values = parse(args);
  const scenario = values.scenario === undefined ? undefined : withUsage(() => scenarioOf(values.scenario ?? ''));
  if (scenario === undefined && (values.faults !== undefined || values.trace)) {
    throw new UsageError('--faults and --trace belong to one scenario. Name it with --scenario.');
  }
  const from = toWhole('--from', values.from, { least: 0, most: LARGEST_SEED });
  return {
    help: values.help,
    scenario,
    seeds: toWhole('--seeds', values.seeds, { least: 1, most: LARGEST_SEED + 1 - from }),
    from,
    workers: toWhole('--workers', values.workers, { least: 1, most: MOST_WORKERS }),
    faults: values.faults === undefined ? undefined : toFaults(values.faults),
    trace: values.trace,
  };
}

function parse(args: readonly string[]) {
  return withUsage(
    () =>
      parseArgs({
        args: [...args],
        options: {
          scenario: { type: 'string' },
          seeds: { type: 'string', default: '1000' },
          from: { type: 'string', default: '0' },
          workers: { type: 'string', default: String(availableParallelism()) },
          faults: { type: 'string' },
          trace: { type: 'boolean', default: false },
          help: { type: 'boolean', default: false },
        },
      }).values,
  );
}

/** Each keeps some megabytes and its share of a core; more than there are cores gain nothing. */
const MOST_WORKERS = 64;

/** @throws UsageError */
export function toFaults(text: string): ReadonlySet<FaultName> {
  const names = text.split(',').filter((name) => name !== '');
  const unknown = names.find((name) => !isFaultKind(name.slice(name.lastIndexOf(':') + 1)));
  if (unknown !== undefined) {
    throw new UsageError(
      `"${unknown}" is no fault. Expected an occasion and a kind, as "consumer-1/claim#0:answer-lost".`,
    );
  }
  return new Set(names);
}
