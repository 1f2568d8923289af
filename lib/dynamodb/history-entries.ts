import { appendHistory, type HistoryEntry } from '../core/index.ts';

/**
 * A history entry as it is stored: status, time, attempt and detail by position, since every write of a job is billed by
 * the whole item. An entry without an attempt is a claim's, which cannot know what it counted up to: it is the job's
 * latest, because whatever ends a run writes the history anew.
 */
export type StoredHistoryEntry = readonly (string | number)[];

export function encodeHistory(history: readonly HistoryEntry[]): readonly StoredHistoryEntry[] {
  return history.map(({ status, at, attempt, detail }) => [
    status,
    at,
    attempt,
    ...(detail === undefined ? [] : [detail]),
  ]);
}

/** The entry that a claim appends. */
export function encodeClaimEntry(at: number): StoredHistoryEntry {
  return ['running', at];
}

/** The history of a stored list, no longer than core keeps it; anything else comes back as it is, for core to judge. */
export function decodeHistory(stored: unknown, attempt: unknown): unknown {
  if (!Array.isArray(stored)) {
    return stored;
  }
  return stored
    .map((entry) => (Array.isArray(entry) ? decodeEntry(entry, attempt) : entry))
    .reduce<readonly HistoryEntry[]>(appendHistory, []);
}

function decodeEntry([status, at, ownAttempt, detail]: readonly unknown[], attempt: unknown): unknown {
  return {
    status,
    at,
    attempt: ownAttempt ?? attempt,
    ...(detail === undefined ? {} : { detail }),
  };
}
