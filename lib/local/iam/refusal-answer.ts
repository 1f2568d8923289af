import type { Verdict } from './gate.ts';

export type Refusal = Exclude<Verdict, { readonly kind: 'admitted' }>;

/**
 * Codes as the services give them: API references, "Common Errors", and of SQS "SendMessage". SQS names each twice, for its two
 * protocols.
 */
const JSON_CODES = {
  refused: { code: 'AccessDeniedException', queryCode: 'AccessDenied' },
  'key-refused': { code: 'AccessDeniedException', queryCode: 'KMS.AccessDeniedException' },
  'unknown-key': { code: 'UnrecognizedClientException', queryCode: 'InvalidClientTokenId' },
  unsigned: { code: 'MissingAuthenticationTokenException', queryCode: 'MissingAuthenticationToken' },
} as const satisfies Record<Refusal['kind'], object>;

const S3_CODES = {
  refused: 'AccessDenied',
  'key-refused': 'AccessDenied',
  'unknown-key': 'InvalidAccessKeyId',
  unsigned: 'AccessDenied',
} as const satisfies Record<Refusal['kind'], string>;

/** For DynamoDB and Secrets Manager, with status 400. */
export const toJsonBody = ({ kind, message }: Refusal): object => ({
  __type: `com.amazon.coral.service#${JSON_CODES[kind].code}`,
  message,
});

/** For SQS: the status, the body, and the value of `x-amzn-query-error`. */
export const toSqsAnswer = (refusal: Refusal) => ({
  status: refusal.kind === 'key-refused' ? 400 : 403,
  body:
    refusal.kind === 'key-refused'
      ? { __type: 'com.amazonaws.sqs#KmsAccessDenied', message: refusal.message }
      : toJsonBody(refusal),
  queryError: `${JSON_CODES[refusal.kind].queryCode};Sender`,
});

/** For S3, with status 403. */
export const toXmlBody = ({ kind, message }: Refusal): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${S3_CODES[kind]}</Code><Message>${escapeXml(message)}</Message></Error>`;

const escapeXml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
