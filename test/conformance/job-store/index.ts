import { afterAll, beforeAll, describe } from 'vitest';
import { describeClaiming } from './claiming.ts';
import { describeCreating } from './creating.ts';
import { describeFinding } from './finding.ts';
import { describeReading } from './reading.ts';
import type { StoreGap, StoreUnderTest } from './store-under-test.ts';
import { describeWriting } from './writing.ts';

export type { StoreUnderTest } from './store-under-test.ts';

/**
 * What every job store must do; the store that keeps jobs in memory is held to it as the one that keeps them in DynamoDB.
 *
 * @param gaps What the engine behind the store cannot do; the tests that need it are skipped.
 */
export function describeJobStore(
  name: string,
  setup: () => Promise<StoreUnderTest>,
  gaps: readonly StoreGap[] = [],
): void {
  describe(`${name} as a job store`, () => {
    let under: StoreUnderTest | undefined;

    beforeAll(async () => {
      under = await setup();
    });

    afterAll(async () => {
      await under?.close();
    });

    const get = (): StoreUnderTest => {
      if (under === undefined) {
        throw new Error('The store is there once the tests run.');
      }
      return under;
    };

    describeCreating(get);
    describeReading(get);
    describeClaiming(get);
    describeWriting(get, gaps);
    describeFinding(get);
  });
}
