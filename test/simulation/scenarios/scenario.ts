import type { PlanShape } from '../faults/plan.ts';
import type { World } from '../world/world.ts';
import type { WorldOptions } from '../world/world-options.ts';

/** Jobs, callers and circumstances; faults come on top. */
export interface Scenario {
  readonly name: string;
  readonly faults: PlanShape;
  readonly world?: Partial<Pick<WorldOptions, 'concurrency' | 'batchConcurrency' | 'queueDepthCap'>>;
  /** Seeds of it in `npm test`, where a course takes too long for the usual number. */
  readonly seedsInTest?: number;
  /** Sets it going: what is submitted, and what happens when. */
  readonly begin: (world: World) => void;
  /** What must have come of it besides the invariants. */
  readonly atEnd?: (world: World) => string | undefined;
}
