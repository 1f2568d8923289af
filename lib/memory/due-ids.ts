import { AccessError, type DueIds, type DuePage } from '../core/index.ts';
import type { JobRecord } from './record.ts';

type Position = readonly [nextAt: number, id: string];

/** One page of a lane in the order of the index. The cursor is the place of the last id, so pages survive changes. */
export function findDueIds(records: Iterable<JobRecord>, page: DuePage): DueIds {
  const after = page.cursor === undefined ? undefined : decodeCursor(page.cursor);
  const nearest = new Nearest(page.limit + 1);
  for (const record of records) {
    const { id, lane, nextAt } = record as { id: string; lane?: unknown; nextAt?: unknown };
    if (lane === page.lane && typeof nextAt === 'number' && nextAt <= page.until) {
      const position: Position = [nextAt, id];
      if (after === undefined || compare(position, after) > 0) {
        nearest.offer(position);
      }
    }
  }
  const due = nearest.positions.slice(0, page.limit);
  const last = due.at(-1);
  return {
    ids: due.map(([, id]) => id),
    cursor: last === undefined || nearest.positions.length <= page.limit ? undefined : last.join(' '),
  };
}

/** The first so many positions of all that were offered, in order: a page of a long lane needs no sorting of the lane. */
class Nearest {
  readonly positions: Position[] = [];
  private readonly limit: number;

  constructor(limit: number) {
    this.limit = limit;
  }

  offer(position: Position): void {
    const last = this.positions.at(-1);
    if (last !== undefined && this.positions.length === this.limit && compare(position, last) > 0) {
      return;
    }
    let [low, high] = [0, this.positions.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      const other = this.positions[middle];
      [low, high] = other !== undefined && compare(other, position) < 0 ? [middle + 1, high] : [low, middle];
    }
    this.positions.splice(low, 0, position);
    this.positions.length = Math.min(this.positions.length, this.limit);
  }
}

function compare([leftAt, leftId]: Position, [rightAt, rightId]: Position): number {
  return leftAt - rightAt || (leftId < rightId ? -1 : Number(leftId > rightId));
}

function decodeCursor(cursor: string): Position {
  const [, nextAt, id] = /^(\d+(?:\.\d+)?) (.+)$/s.exec(cursor) ?? [];
  if (nextAt === undefined || id === undefined) {
    throw new AccessError('invalid', 'The cursor is none of ours. Pass the cursor of the page before, or none.');
  }
  return [Number(nextAt), id];
}
