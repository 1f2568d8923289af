import type { BatchResultErrorEntry } from '@aws-sdk/client-sqs';
import { AccessError, type AccessErrorCode } from '../core/index.ts';

const UNAVAILABLE = new Set([
  'InternalError',
  'InternalFailure',
  'KmsThrottled',
  'OverLimit',
  'RequestThrottled',
  'ServiceUnavailable',
  'ThrottlingException',
]);

const INVALID = new Set([
  'BatchRequestTooLong',
  'InvalidAttributeValue',
  'InvalidMessageContents',
  'InvalidParameterValue',
  'MissingParameter',
  'UnsupportedOperation',
  'ValidationException',
]);

/** Messages are for users, so they name no queue and no account; what SQS said is the cause. */
const MESSAGES: Record<AccessErrorCode, string> = {
  unavailable: 'The queue did not answer or is too busy. Try again later.',
  denied: 'The queue refused the request. Check the permissions, the credentials and the URL of the queue.',
  invalid: 'The queue cannot take this message as it is: it is too large or not well-formed.',
};

/** What to make of an error of the SDK or of SQS about a whole request. */
export function toAccessError(error: unknown): AccessError {
  return createError(classify(error), error);
}

/** What to make of one entry that a batch answer reports as failed. */
export function toEntryError(entry: BatchResultErrorEntry | undefined): AccessError {
  return createError(classifyEntry(entry), entry);
}

function createError(code: AccessErrorCode, cause: unknown): AccessError {
  return new AccessError(code, MESSAGES[code], { cause });
}

function classify(error: unknown): AccessErrorCode {
  const name = error instanceof Error ? error.name : '';
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

function classifyEntry(entry: BatchResultErrorEntry | undefined): AccessErrorCode {
  const code = entry?.Code ?? '';
  if (code.includes('Denied') || (code.startsWith('Kms') && code !== 'KmsThrottled')) {
    return 'denied';
  }
  return entry?.SenderFault === true && !UNAVAILABLE.has(code) ? 'invalid' : 'unavailable';
}

function httpStatusOf(error: unknown): number {
  const metadata = typeof error === 'object' && error !== null && '$metadata' in error ? error.$metadata : undefined;
  const hasStatus = typeof metadata === 'object' && metadata !== null && 'httpStatusCode' in metadata;
  return hasStatus && typeof metadata.httpStatusCode === 'number' ? metadata.httpStatusCode : 0;
}
