import type { FaultName } from '../faults/fault-source.ts';
import { drawPlan } from '../faults/plan.ts';
import { INVARIANTS } from '../invariants/index.ts';
import type { Scenario } from '../scenarios/scenario.ts';
import { type Alterations, World } from '../world/world.ts';

export interface CourseOptions {
  readonly scenario: Scenario;
  readonly seed: number;
  /** Exactly these faults instead of those of the seed's plan. */
  readonly only?: ReadonlySet<FaultName> | undefined;
  readonly keepsTrace?: boolean;
  readonly alterations?: Alterations | undefined;
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
const FUNCTION_TIMEOUT_MS = 60_000;

/** Runs one scenario under one seed. The same options have the same course, and the same hash, always. */
export async function runCourse({ scenario, seed, only, keepsTrace, alterations }: CourseOptions): Promise<Course> {
  const world = new World({
    concurrency: 3,
    batchConcurrency: 10,
    timeoutMs: FUNCTION_TIMEOUT_MS,
    ...scenario.world,
    seed,
    plan: drawPlan(seed, scenario.faults),
    only,
    ...(keepsTrace === undefined ? {} : { keepsTrace }),
    alterations,
  });
  for (const invariant of INVARIANTS) {
    world.observe(invariant(world));
  }
  const { begin, atEnd } = scenario;
  if (atEnd !== undefined) {
    world.observe({ atEnd: () => atEnd(world) });
  }
  begin(world);
  await world.run(scenario.faults.stopAt + PATIENCE_MS);
  return { violation: world.violations[0], hash: world.trace.hash, struck: world.faults.struck, world };
}
