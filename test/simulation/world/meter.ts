import type { Change, Notice, Telemetry } from '../../../lib/core/index.ts';
import type { Process } from './process.ts';

export const COUNTED = ['submitted', 'reopened', 'completed', 'failed', 'canceled'] as const;
export type Counted = (typeof COUNTED)[number];

/** What a change counts as, for those who count. */
export function countedAs({ event, from, after }: Pick<Change, 'event' | 'from' | 'after'>): Counted | undefined {
  if (event === 'retry' || event === 'redrive') {
    return 'reopened';
  }
  const { status } = after;
  const isEnd = status === 'completed' || status === 'failed' || status === 'canceled';
  return isEnd && event !== 'move-lane' && from !== status ? status : undefined;
}

/**
 * Counts of the same things: writes that landed, those of them whose answer reached a living process, and what operators
 * were told.
 */
export class Meter {
  readonly landed = new Map<Counted, number>();
  readonly answered = new Map<Counted, number>();
  readonly told = new Map<Counted, number>();
  readonly notices = new Map<Notice, number>();

  telemetryOf(process: Process): Telemetry {
    const count = (counted: Counted | undefined): void => {
      if (process.isAlive && counted !== undefined) {
        add(this.told, counted);
      }
    };
    return {
      submitted: () => count('submitted'),
      claimed: () => {},
      accepted: (change) => count(countedAs(change)),
      noticed: (notice) => add(this.notices, notice),
    };
  }

  note(where: 'landed' | 'answered', counted: Counted | undefined): void {
    if (counted !== undefined) {
      add(this[where], counted);
    }
  }
}

function add<Key>(counts: Map<Key, number>, key: Key): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
