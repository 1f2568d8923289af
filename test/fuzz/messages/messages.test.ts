import { describe, expect, it } from 'vitest';
import { FUZZ, TEST_SEED } from '../settings.ts';
import { fuzzMessages } from './fuzz-messages.ts';

const CASES = 10_000;

describe('messages that anybody sent', () => {
  it('end in the dead-letter queue or are done with, and no good job among them suffers', FUZZ, async () => {
    console.info(`fuzz messages: ${CASES} bodies, seed ${TEST_SEED}`);
    const fates = await fuzzMessages({ seed: TEST_SEED, cases: CASES });
    console.info(`fuzz messages: ${JSON.stringify(fates)}`);
    expect(fates.dead + fates.acknowledged).toBe(CASES);
    expect(fates.acknowledged).toBeGreaterThan(CASES / 100);
  });
});
