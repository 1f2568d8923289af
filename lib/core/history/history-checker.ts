import type { AcceptedTransition } from './accepted-transition.ts';
import { checkHistory, type HistoryReport } from './check-history.ts';
import type { Violation } from './violation.ts';

/** What the histories of all jobs came to. */
export interface HistorySummary {
  readonly jobs: number;
  readonly transitions: number;
  readonly violations: readonly Violation[];
  /** Transitions before which another must have been that is not there. */
  readonly gaps: readonly { readonly jobId: string; readonly detail: string }[];
  /** Jobs that are not final as far as is known. */
  readonly unfinished: readonly string[];
}

/** Collects accepted transitions of many jobs, in any order, and holds them against the invariants. One that comes twice counts once. */
export interface HistoryChecker {
  add(transition: AcceptedTransition): void;
  /** What is known of one job so far. */
  check(jobId: string): HistoryReport;
  summarize(): HistorySummary;
}

export function createHistoryChecker(): HistoryChecker {
  const histories = new Map<string, Map<string, AcceptedTransition>>();
  let transitions = 0;
  const check = (jobId: string): HistoryReport => checkHistory(jobId, [...(histories.get(jobId)?.values() ?? [])]);
  return {
    add: (transition) => {
      transitions += 1;
      const known = histories.get(transition.jobId);
      if (known === undefined) {
        histories.set(transition.jobId, new Map([[keyOf(transition), transition]]));
      } else {
        known.set(keyOf(transition), transition);
      }
    },
    check,
    summarize: () => {
      const reports = [...histories.keys()].map((jobId) => ({ jobId, ...check(jobId) }));
      return {
        jobs: histories.size,
        transitions,
        violations: reports.flatMap(({ violations }) => violations),
        gaps: reports.flatMap(({ jobId, gaps }) => gaps.map((detail) => ({ jobId, detail }))),
        unfinished: reports.filter(({ isFinal }) => !isFinal).map(({ jobId }) => jobId),
      };
    },
  };
}

function keyOf({ event, from, to, attempt, at, since, maxRuns, reason }: AcceptedTransition): string {
  return `${event} ${from} ${to} ${attempt} ${at} ${since} ${maxRuns} ${reason}`;
}
