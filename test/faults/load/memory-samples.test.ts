import { describe, expect, it } from 'vitest';
import { growthOf, type Sample, type Size, summarizeSamples } from './memory-samples.ts';

const SECONDS = 200;
const MAPPED_MB = 40;

/** A sample each second of processes of one role, whose memory follows from the share of the run that is over. */
function sample(...curves: readonly ((share: number) => number)[]): readonly Sample[] {
  return sampleFor(SECONDS, ...curves);
}

function sampleFor(seconds: number, ...curves: readonly ((share: number) => number)[]): readonly Sample[] {
  return Array.from({ length: seconds + 1 }, (_, second) => ({
    at: 1_000 * second,
    sizes: new Map([['function', curves.map((curve): Size => sizeOf(curve(second / seconds)))]]),
  }));
}

const sizeOf = (own: number): Size => ({ own, resident: own + MAPPED_MB });
/** Falls back every ten seconds or so. */
const garbage = (share: number): number => (share * 190) % 10;

const WARMING = (share: number): number => 40 + 60 * Math.min(1, share / 0.08);

describe('memory', () => {
  it.each<[string, (share: number) => number]>([
    ['stays as it is', () => 100],
    ['comes and goes', (share) => 100 + garbage(share)],
    ['grows while it is warming up', (share) => WARMING(share) + garbage(share)],
    ['falls', (share) => 250 - 90 * share],
    ['has grown by what is tolerated', (share) => 60 + 24 * share],
  ])('is flat where it %s', (_, curve) => {
    expect(summarizeSamples(sample(curve))).toMatchObject([{ role: 'function', processes: 1, growth: 'none' }]);
  });

  it.each<[string, (share: number) => number]>([
    ['all the time', (share) => 60 + 60 * share + garbage(share)],
    ['all the time, by little', (share) => 60 + 32 * share],
    ['after the middle', (share) => 100 + 60 * Math.max(0, share - 0.5)],
    ['before the middle', (share) => 60 + 80 * Math.min(0.5, share)],
    ['after it was warm', (share) => WARMING(share) + 50 * share],
  ])('is not flat where it grows %s', (_, curve) => {
    expect(summarizeSamples(sample(curve))).toMatchObject([{ growth: 'grew' }]);
  });

  it('is told of the largest process, resident and allocated, at three times', () => {
    const [row] = summarizeSamples(
      sample(
        () => 30,
        (share) => 50 + 20 * share,
      ),
    );
    expect(row?.processes).toBe(2);
    expect(row?.own.start).toBeCloseTo(53, 0);
    expect(row?.own.middle).toBeCloseTo(60, 0);
    expect(row?.own.end).toBeCloseTo(69, 0);
    expect(row?.resident.end).toBeCloseTo(69 + MAPPED_MB, 0);
  });

  it.each([0, 1, 5, 60])('says nothing of a run of %i seconds, however it grew', (seconds) => {
    const unknown = { start: undefined, middle: undefined, end: undefined };
    const [row] = summarizeSamples(sampleFor(seconds, (share) => 50 + 500 * share));
    expect(row).toMatchObject({ growth: 'unknown', own: unknown, resident: unknown });
  });

  it('is judged by what was there: a process may end before the others, or begin after them', () => {
    expect(growthOf({ start: 100, middle: 100, end: undefined })).toBe('unknown');
    expect(growthOf({ start: undefined, middle: undefined, end: 100 })).toBe('unknown');
    expect(growthOf({ start: undefined, middle: 100, end: 110 })).toBe('none');
    expect(growthOf({ start: undefined, middle: 100, end: 116 })).toBe('grew');
    expect(growthOf({ start: 100, middle: undefined, end: 126 })).toBe('grew');
  });
});
