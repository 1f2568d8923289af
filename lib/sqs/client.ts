import { SQSClient, type SQSClientConfig } from '@aws-sdk/client-sqs';

/** Few: a message that could not be sent costs time only, since the table brings its job back. */
const MAX_ATTEMPTS = 3;
const CONNECTION_TIMEOUT_MS = 1_000;
/** Sending and deleting take some ten milliseconds; nothing here waits for messages. */
const REQUEST_TIMEOUT_MS = 5_000;
const MAX_SOCKETS = 50;

/**
 * The client as the job queue needs it: few retries, short time-outs, connections kept alive. Region, credentials and
 * endpoint come from the environment unless they are given.
 */
export function createSqsClient(config: SQSClientConfig = {}): SQSClient {
  return new SQSClient({
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
}
