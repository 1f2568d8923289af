import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { computeBackoffMs, DEFAULT_RETRY_POLICY } from '../../lib/core/index.ts';
import { checkProperty } from './property-settings.ts';

const ALMOST_ONE = 1 - Number.EPSILON;

describe('computeBackoffMs', () => {
  test.each([
    [0, 999],
    [1, 999],
    [2, 1_999],
    [3, 3_999],
    [10, 511_999],
    [11, 899_999],
    [5_000, 899_999],
  ])('after %i failures waits up to %i ms', (failures, longestMs) => {
    expect(computeBackoffMs(DEFAULT_RETRY_POLICY, failures, ALMOST_ONE)).toBe(longestMs);
  });

  test('may not wait at all', () => {
    expect(computeBackoffMs(DEFAULT_RETRY_POLICY, 7, 0)).toBe(0);
  });

  test('is a whole number between zero and the cap, whatever the policy and however many failures', () => {
    const policies = fc.record({ initialDelayMs: fc.nat(86_400_000), maxDelayMs: fc.nat(86_400_000) });
    const randoms = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    checkProperty(
      'backoff stays in its range',
      fc.property(policies, fc.nat(10_000), randoms, (policy, failures, random) => {
        const delayMs = computeBackoffMs(policy, failures, random);
        expect(Number.isSafeInteger(delayMs)).toBe(true);
        expect(delayMs).toBeGreaterThanOrEqual(0);
        expect(delayMs).toBeLessThanOrEqual(policy.maxDelayMs);
      }),
      500,
    );
  });
});
