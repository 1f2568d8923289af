import { describe, expect, it } from 'vitest';
import { FUZZ, TEST_SEED } from '../settings.ts';
import { fuzzRawPuts } from './fuzz-raw-puts.ts';

const CASES = 10_000;

describe('items that were put by hand', () => {
  it('are run or failed with the reason, whatever they hold, and never stop the producer', FUZZ, async () => {
    console.info(`fuzz raw puts: ${CASES} items, seed ${TEST_SEED}`);
    const fates = await fuzzRawPuts({ seed: TEST_SEED, cases: CASES });
    console.info(`fuzz raw puts: ${JSON.stringify(fates)}`);
    expect(Object.values(fates).reduce((sum, count) => sum + count, 0)).toBe(CASES);
    // Nearly right is more telling than all wrong.
    expect(Math.min(fates.completed ?? 0, fates.failed ?? 0, fates.rejected ?? 0)).toBeGreaterThan(CASES / 50);
  });
});
