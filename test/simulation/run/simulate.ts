import type { Pool } from '../pool/pool.ts';
import type { RareBranch } from './rare-branches.ts';
import type { SearchName } from './searches.ts';

/** What came of many courses. Counted as they end, so that a run that is interrupted can tell what it did so far. */
export interface Tally {
  courses: number;
  faults: number;
  /** Explained, each with the command that shows it. */
  readonly failures: string[];
  /** More than are explained. */
  violations: number;
  readonly reached: Set<RareBranch>;
  /** Of the course that ended last. */
  hash: string;
}

export function createTally(): Tally {
  return { courses: 0, faults: 0, failures: [], violations: 0, reached: new Set(), hash: '' };
}

/** Explaining takes a few hundred courses. */
const MAX_EXPLAINED = 5;
/** Courses that a worker runs in one go. */
const CHUNK = 10;

/** Runs a scenario under so many seeds. */
export async function simulateScenario(
  pool: Pool,
  { scenario, from, seeds }: { readonly scenario: string; readonly from: number; readonly seeds: number },
  tally: Tally,
): Promise<void> {
  const starts = Array.from({ length: Math.ceil(seeds / CHUNK) }, (_, index) => from + index * CHUNK);
  await Promise.all(
    starts.map(async (start) => {
      const count = Math.min(CHUNK, from + seeds - start);
      const { courses, faults, failed, reached, hash } = await pool.run('runCourses', { scenario, from: start, count });
      tally.courses += courses;
      tally.faults += faults;
      tally.hash = hash;
      for (const branch of reached) {
        tally.reached.add(branch);
      }
      for (const seed of failed) {
        tally.violations += 1;
        if (tally.violations <= MAX_EXPLAINED) {
          tally.failures.push(await pool.run('explainSeed', { scenario, seed }));
        }
      }
    }),
  );
}

/** Strikes a scenario with every fault, or every pair, that a search names. */
export async function searchFaults(
  pool: Pool,
  { search, seed }: { readonly search: SearchName; readonly seed: number },
  tally: Tally,
): Promise<void> {
  const firsts = await pool.run('listFirstFaults', { search, seed });
  await Promise.all(
    firsts.map(async (first) => {
      const { courses, failure } = await pool.run('strikeFaults', { search, seed, first });
      tally.courses += courses;
      if (failure !== undefined) {
        tally.violations += 1;
        tally.failures.push(failure);
      }
    }),
  );
}
