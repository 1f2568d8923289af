import { beforeAll, describe, expect, it } from 'vitest';
import { FAILPOINTS } from '../../functions/failpoints.ts';
import { type Cell, PLOTS } from './cells.ts';
import { type CellOutcome, runCells } from './run-cells.ts';

const cellsOf = (signal: Cell['signal']): readonly Cell[] => FAILPOINTS.map((at) => ({ at, signal, hit: 1, jobs: 1 }));

let outcomes: readonly CellOutcome[];

beforeAll(async () => {
  // Most of the time goes by in waiting for leases, so both wait at once.
  outcomes = (await Promise.all([runCells(cellsOf('SIGKILL')), runCells(cellsOf('SIGSTOP'))])).flat();
}, 150_000);

describe.each(FAILPOINTS)('a process that is hit at %s', (at) => {
  const find = (signal: Cell['signal']): CellOutcome | undefined =>
    outcomes.find(({ cell }) => cell.at === at && cell.signal === signal);

  it.each(['SIGKILL', 'SIGSTOP'] as const)('by %s leaves a final job that is true', (signal) => {
    const { counts, fenced } = PLOTS[at];
    expect(find(signal)).toEqual({
      cell: expect.anything(),
      fired: true,
      verdict: { lost: [], duplicated: [], unexpected: [] },
      jobs: [expect.objectContaining(counts)],
      changedAfterwards: [],
      fencedWrites: signal === 'SIGSTOP' && fenced ? 1 : 0,
    });
  });
});
