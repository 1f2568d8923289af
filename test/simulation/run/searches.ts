import type { FaultKind } from '../faults/fault-kinds.ts';
import { plain } from '../scenarios/plain.ts';
import type { Scenario } from '../scenarios/scenario.ts';
import { tiny } from '../scenarios/tiny.ts';

/** Strikes a scenario, which runs without any fault otherwise, with all there is instead of what is drawn. */
export interface Search {
  readonly scenario: Scenario;
  readonly kinds: 'all' | readonly FaultKind[];
  /**
   * Besides each fault alone: each with each that can follow it; or each two occasions once, with one kind each that is drawn for
   * the two. What a first fault brings about (another try, another invocation) can be struck by the second like everything else.
   */
  readonly pairs: 'none' | 'every' | 'drawn';
}

/** The kinds that leave something half done, or wake up to what others did. Each of the others does the same, only gentler. */
const HARSH_IO = [
  'request-lost',
  'answer-lost',
  'late-landing',
  'crash-before',
  'crash-after',
  'message-lost',
  'message-doubled',
  'visible-early',
  'delete-lost',
  'killed',
  'paused',
] as const satisfies readonly FaultKind[];

export const SEARCHES = {
  'every single fault of the plain scenario': { scenario: plain, kinds: 'all', pairs: 'none' },
  'every pair of faults of a job that fails once': {
    scenario: tiny,
    kinds: [...HARSH_IO, 'throttled', 'timed-out', 'index-missing'],
    pairs: 'every',
  },
  'every pair of requests, messages and deliveries of the plain scenario': {
    scenario: plain,
    kinds: HARSH_IO,
    pairs: 'drawn',
  },
} as const satisfies Readonly<Record<string, Search>>;

export type SearchName = keyof typeof SEARCHES;

export const SEARCH_NAMES = Object.keys(SEARCHES) as readonly SearchName[];
