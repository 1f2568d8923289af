import { type FaultKind, kindsAt } from '../faults/fault-kinds.ts';
import type { FaultName, FaultSource } from '../faults/fault-source.ts';
import type { Scenario } from '../scenarios/scenario.ts';
import { runCourse } from './course.ts';

/** Every fault that could have struck: each occasion of a course with each kind that fits it. */
function listFaults({ occasions }: FaultSource, wanted: (kind: FaultKind) => boolean): readonly FaultName[] {
  return occasions.flatMap(({ occasion, name }) =>
    kindsAt(occasion)
      .filter(wanted)
      .map((kind) => `${name}:${kind}`),
  );
}

export interface Search {
  readonly scenario: Scenario;
  readonly seed: number;
  readonly wanted?: (kind: FaultKind) => boolean;
  /** 1: each fault alone. 2: also each with each other that can follow it. */
  readonly depth: 1 | 2;
}

export interface SearchResult {
  readonly courses: number;
  /** The first failure: what was violated, and by which faults. */
  readonly failure: { readonly violation: string; readonly faults: readonly FaultName[] } | undefined;
}

/**
 * Runs a scenario with no fault, then with every single one that it offers, then with every pair: what a first fault brings about (another
 * try, another invocation) is struck by the second like everything else.
 */
export async function searchFaults({ scenario, seed, wanted = () => true, depth }: Search): Promise<SearchResult> {
  let courses = 0;
  const strike = async (faults: readonly FaultName[], left: number): Promise<SearchResult['failure']> => {
    courses += 1;
    const course = await runCourse({ scenario, seed, only: new Set(faults), keepsOccasions: left > 0 });
    if (course.violation !== undefined) {
      return { violation: course.violation, faults };
    }
    if (left === 0) {
      return undefined;
    }
    const all = listFaults(course.world.faults, wanted);
    // What lies before the first fault was struck in its own turn.
    const later = faults.length === 0 ? all : all.slice(all.indexOf(faults.at(-1) ?? '') + 1);
    for (const fault of later) {
      const failure = await strike([...faults, fault], left - 1);
      if (failure !== undefined) {
        return failure;
      }
    }
    return undefined;
  };
  const failure = await strike([], depth);
  return { courses, failure };
}
