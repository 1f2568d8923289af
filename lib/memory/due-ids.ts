import { AccessError, type DueIds, type DuePage } from '../core/index.ts';
import type { JobRecord } from './record.ts';

type Position = readonly [nextAt: number, id: string];

/** One page of a lane in the order of the index. The cursor is the place of the last id, so pages survive changes. */
export function findDueIds(records: Iterable<JobRecord>, page: DuePage): DueIds {
  const after = page.cursor === undefined ? undefined : decodeCursor(page.cursor);
  const found: Position[] = [];
  for (const record of records) {
    const { id, lane, nextAt } = record as { id: string; lane?: unknown; nextAt?: unknown };
    if (lane === page.lane && typeof nextAt === 'number' && nextAt <= page.until) {
      const position: Position = [nextAt, id];
      if (after === undefined || compare(position, after) > 0) {
        found.push(position);
      }
    }
  }
  const due = found.sort(compare).slice(0, page.limit);
  const last = due.at(-1);
  return {
    ids: due.map(([, id]) => id),
    cursor: last === undefined || found.length <= page.limit ? undefined : last.join(' '),
  };
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
