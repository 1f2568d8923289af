import { kindsAt } from '../../simulation/faults/fault-kinds.ts';
import type { FaultName } from '../../simulation/faults/fault-source.ts';
import { drawPlan } from '../../simulation/faults/plan.ts';
import { INVARIANTS } from '../../simulation/invariants/index.ts';
import type { Scenario } from '../../simulation/scenarios/scenario.ts';
import { startSchedule } from '../../simulation/world/schedule.ts';
import type { Alterations } from '../../simulation/world/world-options.ts';
import { startEngineEventSource } from './engine-event-source.ts';
import { EngineWorld } from './engine-world.ts';
import type { Engines } from './engines.ts';

export interface EngineCourseOptions {
  readonly scenario: Scenario;
  readonly seed: number;
  /** Exactly these faults instead of those of the seed's plan. */
  readonly only?: ReadonlySet<FaultName> | undefined;
  /** Of a broken variant that differs in what a process has in its hands, and in nothing else. */
  readonly alterations?: Alterations | undefined;
}

/** What became of one scenario on the engines under one seed. */
export interface EngineCourse {
  readonly violation: string | undefined;
  readonly struck: readonly FaultName[];
  readonly jobs: number;
  readonly requests: number;
}

/** After the last fault everything must come to rest within this. */
const PATIENCE_MS = 12 * 3_600_000;
const BATCH_CONCURRENCIES = [10, 2, 10, 1] as const;
const FUNCTION_TIMEOUT_MS = 60_000;
/** What happens inside a service, where no proxy reaches. */
const INSIDE = [...kindsAt('message'), ...kindsAt('index')];

/**
 * Runs one scenario of the simulation on the engines. Faults between the parts strike at the proxies, as they look there.
 *
 * @throws Error for a variant of which the engines would show nothing
 */
export async function runEngineCourse(
  engines: Engines,
  { scenario, seed, only, alterations }: EngineCourseOptions,
): Promise<EngineCourse> {
  for (const part of Object.keys(alterations ?? {})) {
    if (part !== 'ports') {
      throw new Error(
        `Engines are as they are: "${part}" of a variant cannot be put in place. Choose one of "ports" alone.`,
      );
    }
  }
  const { faults, begin, atEnd } = scenario;
  const world = await EngineWorld.create(engines, {
    concurrency: 3,
    batchConcurrency: BATCH_CONCURRENCIES[seed % BATCH_CONCURRENCIES.length] ?? 10,
    timeoutMs: FUNCTION_TIMEOUT_MS,
    ...scenario.world,
    seed,
    plan: drawPlan(scenario.name, seed, { ...faults, without: [...(faults.without ?? []), ...INSIDE] }),
    only,
    alterations,
  });
  for (const invariant of INVARIANTS) {
    world.observe(invariant(world));
  }
  if (atEnd !== undefined) {
    world.observe({ atEnd: () => atEnd(world) });
  }
  startEngineEventSource(world);
  startSchedule(world);
  begin(world);
  await world.run(faults.stopAt + PATIENCE_MS);
  const violation = world.violations[0] ?? (await world.compareWithTable());
  await world.remove();
  const requests = [...world.network.requests.values()].reduce((sum, count) => sum + count, 0);
  return { violation, struck: world.faults.struck, jobs: world.ledger.records.size, requests };
}
