export { type AcceptedTransition, toAccepted, toClaimed, toSubmitted, wordsFor } from './accepted-transition.ts';
export type { HistoryReport } from './check-history.ts';
export { createHistoryChecker, type HistoryChecker, type HistorySummary } from './history-checker.ts';
export type { Invariant, Violation } from './violation.ts';
