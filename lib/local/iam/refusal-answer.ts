import type { Verdict } from './gate.ts';

export type Refusal = Exclude<Verdict, { readonly kind: 'admitted' }>;

/** Codes as the services give them: API references, "Common Errors". SQS names each twice, for its two protocols. */
const JSON_CODES = {
  refused: { code: 'AccessDeniedException', queryCode: 'AccessDenied' },
  'unknown-key': { code: 'UnrecognizedClientException', queryCode: 'InvalidClientTokenId' },
  unsigned: { code: 'MissingAuthenticationTokenException', queryCode: 'MissingAuthenticationToken' },
} as const satisfies Record<Refusal['kind'], object>;

const S3_CODES = {
  refused: 'AccessDenied',
  'unknown-key': 'InvalidAccessKeyId',
  unsigned: 'AccessDenied',
} as const satisfies Record<Refusal['kind'], string>;

/** For DynamoDB and Secrets Manager, with status 400. */
export const toJsonBody = ({ kind, message }: Refusal): object => ({
  __type: `com.amazon.coral.service#${JSON_CODES[kind].code}`,
  message,
});

/** For SQS, with status 403: the value of `x-amzn-query-error`. */
export const toQueryError = ({ kind }: Refusal): string => `${JSON_CODES[kind].queryCode};Sender`;

/** For S3, with status 403. */
export const toXmlBody = ({ kind, message }: Refusal): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${S3_CODES[kind]}</Code><Message>${escapeXml(message)}</Message></Error>`;

const escapeXml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
