import { describe, expect, it } from 'vitest';
import { createThrottle } from '../../../lib/local/http/throttle.ts';

const setup = (rateLimit: number, burstLimit: number) => {
  let nowMs = 0;
  const mayPass = createThrottle({ rateLimit, burstLimit, now: () => nowMs });
  const passOf = (count: number) => Array.from({ length: count }, mayPass).filter(Boolean).length;
  return {
    passOf,
    advance: (ms: number) => {
      nowMs += ms;
    },
  };
};

describe('createThrottle', () => {
  it('lets a burst pass and refuses what goes beyond', () => {
    expect(setup(10, 5).passOf(20)).toBe(5);
  });

  it('fills up at its rate, never above the burst', () => {
    const { passOf, advance } = setup(10, 5);
    passOf(5);
    advance(200);
    expect(passOf(20)).toBe(2);
    advance(60_000);
    expect(passOf(20)).toBe(5);
  });

  it('refuses everything where the burst is zero', () => {
    expect(setup(10, 0).passOf(3)).toBe(0);
  });
});
