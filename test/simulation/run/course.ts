import type { FaultName } from '../faults/fault-source.ts';
import { drawPlan } from '../faults/plan.ts';
import { INVARIANTS } from '../invariants/index.ts';
import type { Scenario } from '../scenarios/scenario.ts';
import { startEventSource } from '../world/event-source.ts';
import { startSchedule } from '../world/schedule.ts';
import { World } from '../world/world.ts';
import type { Alterations } from '../world/world-options.ts';
import { type RareBranch, watchRareBranches } from './rare-branches.ts';

export interface CourseOptions {
  readonly scenario: Scenario;
  readonly seed: number;
  /** Exactly these faults instead of those of the seed's plan. */
  readonly only?: ReadonlySet<FaultName> | undefined;
  readonly keepsTrace?: boolean;
  /** Keeps the names of all occasions that a fault could strike. */
  readonly keepsOccasions?: boolean;
  readonly alterations?: Alterations | undefined;
  /** Filled with the rare branches that the course takes. */
  readonly reached?: Set<RareBranch>;
}

/** What became of one scenario under one seed. */
export interface Course {
  readonly violation: string | undefined;
  readonly hash: string;
  readonly struck: readonly FaultName[];
  readonly world: World;
}

/** After the last fault everything must come to rest within this: graces double up to an hour, messages hide for minutes. */
const PATIENCE_MS = 12 * 3_600_000;
/** All at once, as deployed; few; each alone. */
const BATCH_CONCURRENCIES = [10, 2, 10, 1] as const;
const FUNCTION_TIMEOUT_MS = 60_000;

/** Runs one scenario under one seed. The same options have the same course, and the same hash, always. */
export async function runCourse({
  scenario,
  seed,
  only,
  keepsTrace,
  keepsOccasions,
  alterations,
  reached = new Set(),
}: CourseOptions): Promise<Course> {
  const world = new World({
    concurrency: 3,
    batchConcurrency: BATCH_CONCURRENCIES[seed % BATCH_CONCURRENCIES.length] ?? 10,
    timeoutMs: FUNCTION_TIMEOUT_MS,
    ...scenario.world,
    seed,
    plan: drawPlan(scenario.name, seed, scenario.faults),
    only,
    keepsTrace,
    keepsOccasions,
    alterations,
  });
  for (const invariant of INVARIANTS) {
    world.observe(invariant(world));
  }
  world.observe(watchRareBranches(world, reached));
  const { begin, atEnd } = scenario;
  if (atEnd !== undefined) {
    world.observe({ atEnd: () => atEnd(world) });
  }
  startEventSource(world);
  startSchedule(world);
  begin(world);
  const { stackTraceLimit } = Error;
  // Errors are answers here, made by the thousand, and nobody looks at where they come from.
  Error.stackTraceLimit = 0;
  try {
    await world.run(scenario.faults.stopAt + PATIENCE_MS);
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
  return { violation: world.violations[0], hash: world.trace.hash, struck: world.faults.struck, world };
}
