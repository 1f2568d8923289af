import type { AcceptedTransition } from './accepted-transition.ts';
import { checkHistory, type HistoryReport, type Violation } from './check-history.ts';

/** What the histories of all jobs came to. */
export interface HistorySummary {
  readonly jobs: number;
  readonly transitions: number;
  readonly violations: readonly Violation[];
  /** Transitions before which another must have been that is not there. */
  readonly gaps: readonly { readonly jobId: string; readonly detail: string }[];
  /** Jobs that are not final as far as is known. */
  readonly unfinished: number;
}

/** Collects accepted transitions of many jobs, in any order, and holds them against the invariants. */
export interface HistoryChecker {
  add(transition: AcceptedTransition): void;
  /** What is known of one job so far. */
  check(jobId: string): HistoryReport;
  summarize(): HistorySummary;
}

export function createHistoryChecker(): HistoryChecker {
  const histories = new Map<string, AcceptedTransition[]>();
  const check = (jobId: string): HistoryReport => checkHistory(jobId, histories.get(jobId) ?? []);
  return {
    add: (transition) => {
      const known = histories.get(transition.jobId);
      if (known === undefined) {
        histories.set(transition.jobId, [transition]);
      } else {
        known.push(transition);
      }
    },
    check,
    summarize: () => {
      const reports = [...histories.keys()].map((jobId) => ({ jobId, ...check(jobId) }));
      return {
        jobs: histories.size,
        transitions: [...histories.values()].reduce((sum, { length }) => sum + length, 0),
        violations: reports.flatMap(({ violations }) => violations),
        gaps: reports.flatMap(({ jobId, gaps }) => gaps.map((detail) => ({ jobId, detail }))),
        unfinished: reports.filter(({ isFinal }) => !isFinal).length,
      };
    },
  };
}
