import { appendHistory, type HistoryEntry, type Status } from '../core/index.ts';

/**
 * A history entry as it is stored, since every write of a job is billed by the whole item: the status by its letter, the
 * time in base 36, the attempt and, if there are, token and detail: `dm3v2m4jf.0`, `fm3v2m6bw.1 TypeError`,
 * `dm3v2m7xk.1~4k0q9w retry`. The entry of a claim has no attempt, because a claim cannot know what it counts up to: it is the job's latest, since whatever ends a
 * run writes the history anew.
 */
const LETTERS: Record<Status, string> = {
  queued: 'q',
  dispatched: 'd',
  running: 'r',
  completed: 'c',
  failed: 'f',
  canceled: 'x',
};
const STATUSES = new Map(Object.entries(LETTERS).map(([status, letter]) => [letter, status]));
const ENTRY = /^([a-z])([\da-z]{1,11})(?:\.(\d+))?(?:~(\S+))?(?: (.*))?$/s;

export function encodeHistory(history: readonly HistoryEntry[]): readonly string[] {
  return history.map(({ status, at, attempt, detail, token }) => {
    const mark = token === undefined ? '' : `~${token}`;
    return `${LETTERS[status]}${at.toString(36)}.${attempt}${mark}${detail === undefined ? '' : ` ${detail}`}`;
  });
}

/** The entry that a claim appends. */
export function encodeClaimEntry(at: number): string {
  return `${LETTERS.running}${at.toString(36)}`;
}

/** The history of a stored list, no longer than core keeps it; anything else comes back as it is, for core to judge. */
export function decodeHistory(stored: unknown, attempt: unknown): unknown {
  return Array.isArray(stored)
    ? stored
        .map((entry) => decodeEntry(entry, attempt) as HistoryEntry)
        .reduce<readonly HistoryEntry[]>(appendHistory, [])
    : stored;
}

function decodeEntry(stored: unknown, jobAttempt: unknown): unknown {
  const [, letter = '', at = '', attempt, token, detail] = typeof stored === 'string' ? (ENTRY.exec(stored) ?? []) : [];
  const status = STATUSES.get(letter);
  if (status === undefined) {
    return stored;
  }
  return {
    status,
    at: Number.parseInt(at, 36),
    attempt: attempt === undefined ? jobAttempt : Number(attempt),
    ...(detail === undefined ? {} : { detail }),
    ...(token === undefined ? {} : { token }),
  };
}
