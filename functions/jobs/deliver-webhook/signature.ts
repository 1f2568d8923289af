import { createHmac } from 'node:crypto';
import { PermanentError } from 'async-endpoints';

export interface SignedText {
  readonly secret: string;
  /** Names the webhook, the same in every attempt. */
  readonly id: string;
  /** Seconds since 1970. Signed with the body, so that a receiver can refuse what is replayed later. */
  readonly timestamp: number;
  /** Exactly as it is sent. */
  readonly body: string;
}

/** Of a secret that is written as the convention wants it: base64 follows. */
const ENCODED = 'whsec_';

/**
 * HMAC-SHA256 of `<id>.<timestamp>.<body>`, as `v1,<base64>`.
 * Source: Standard Webhooks 1.0.0, "Signature scheme". How a receiver checks it: docs/webhooks.md.
 *
 * @throws PermanentError when the id could be taken for an id and a time, or the secret is not what it says it is
 */
export function computeSignature({ secret, id, timestamp, body }: SignedText): string {
  if (!/^[\w-]+$/.test(id)) {
    throw new PermanentError(
      `A job with the id ${JSON.stringify(id)} cannot be signed: use letters, digits, "_" and "-" only.`,
    );
  }
  return `v1,${createHmac('sha256', toKey(secret)).update(`${id}.${timestamp}.${body}`).digest('base64')}`;
}

function toKey(secret: string): string | Buffer {
  if (!secret.startsWith(ENCODED)) return secret;
  const text = secret.slice(ENCODED.length);
  const key = Buffer.from(text, 'base64');
  if (key.length === 0 || key.toString('base64') !== text) {
    // Without the secret in it: this stands in the job's error.
    throw new PermanentError(`The secret begins with "${ENCODED}", so base64 was expected behind it, padded with "=".`);
  }
  return key;
}
