import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';

type RetryStrategy = Awaited<ReturnType<DynamoDBDocumentClient['config']['retryStrategy']>>;

/**
 * Lets a client of the SDK try again as it decides, for as long as its budget of retries lasts, but without its pauses: simulated
 * time stands still meanwhile, so they would keep only people waiting.
 */
export async function withoutPauses(client: {
  readonly config: { retryStrategy: () => Promise<RetryStrategy> };
}): Promise<void> {
  const strategy = await client.config.retryStrategy();
  const impatient = Object.assign(Object.create(strategy) as typeof strategy, {
    refreshRetryTokenForRetry: async (...args: readonly [never, never]) => {
      if (!('refreshRetryTokenForRetry' in strategy))
        throw new Error('The SDK retries in a way that is not known here.');
      const token = await strategy.refreshRetryTokenForRetry(...args);
      return Object.assign(token, { getRetryDelay: () => 0 });
    },
  });
  client.config.retryStrategy = async () => impatient;
}
