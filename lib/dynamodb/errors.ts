import { AccessError, type AccessErrorCode } from '../core/index.ts';

/** A conditional write was refused: somebody else won. */
export function isConditionFailed(error: unknown): boolean {
  return nameOf(error) === 'ConditionalCheckFailedException';
}

const UNAVAILABLE = new Set([
  'InternalServerError',
  'ProvisionedThroughputExceededException',
  'ReplicatedWriteConflictException',
  'RequestLimitExceeded',
  'ServiceUnavailable',
  'ThrottlingException',
  'TransactionConflictException',
]);

const INVALID = new Set(['ItemCollectionSizeLimitExceededException', 'SerializationException', 'ValidationException']);

/** Messages are for users, so they name no table and no account; what DynamoDB said is the cause. */
const MESSAGES: Record<AccessErrorCode, string> = {
  unavailable: 'The job store did not answer or is too busy. Try again later.',
  denied: 'The job store refused the request. Check the permissions, the credentials and the name of the table.',
  invalid: 'The job store cannot take this as it is: it is too large or not well-formed.',
};

/** What to make of an error of the SDK or of DynamoDB. */
export function toAccessError(error: unknown): AccessError {
  if (error instanceof AccessError) {
    return error;
  }
  const code = classify(error);
  return new AccessError(code, MESSAGES[code], { cause: error });
}

function classify(error: unknown): AccessErrorCode {
  const name = nameOf(error);
  const status = httpStatusOf(error);
  if (UNAVAILABLE.has(name) || status >= 500 || status === 408 || status === 429) {
    return 'unavailable';
  }
  if (INVALID.has(name) || status === 413) {
    return 'invalid';
  }
  if (status >= 400 || name === 'CredentialsProviderError') {
    return 'denied';
  }
  // No answer at all: time-outs, broken connections, names that do not resolve.
  return 'unavailable';
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : '';
}

function httpStatusOf(error: unknown): number {
  const metadata = typeof error === 'object' && error !== null && '$metadata' in error ? error.$metadata : undefined;
  const hasStatus = typeof metadata === 'object' && metadata !== null && 'httpStatusCode' in metadata;
  return hasStatus && typeof metadata.httpStatusCode === 'number' ? metadata.httpStatusCode : 0;
}
