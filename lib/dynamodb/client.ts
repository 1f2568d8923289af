import { DynamoDBClient, type DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';

/** Few: whatever fails for longer is brought back by the table, and a batch must not wait for one slow write. */
const MAX_ATTEMPTS = 3;
const CONNECTION_TIMEOUT_MS = 1_000;
/** A single-digit number of milliseconds is usual; a request that takes this long has lost its answer. */
const REQUEST_TIMEOUT_MS = 3_000;
const MAX_SOCKETS = 50;

/**
 * The client as the job store needs it: few retries, short time-outs, connections kept alive, numbers read without
 * rounding. Region, credentials and endpoint come from the environment unless they are given.
 */
export function createDynamoDocumentClient(config: DynamoDBClientConfig = {}): DynamoDBDocumentClient {
  const client = new DynamoDBClient({
    maxAttempts: MAX_ATTEMPTS,
    requestHandler: {
      connectionTimeout: CONNECTION_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      throwOnRequestTimeout: true,
      socketTimeout: REQUEST_TIMEOUT_MS,
      httpAgent: { keepAlive: true, maxSockets: MAX_SOCKETS },
      httpsAgent: { keepAlive: true, maxSockets: MAX_SOCKETS },
    },
    ...config,
  });
  if (config.logger === undefined) {
    // It goes through all that is sent and received to describe it, even to a logger that is not there.
    client.middlewareStack.remove('loggerMiddleware');
  }
  return DynamoDBDocumentClient.from(client, { unmarshallOptions: { wrapNumbers: true } });
}
