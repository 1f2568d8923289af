import { createHmac } from 'node:crypto';

export interface SignedText {
  readonly secret: string;
  /** Seconds since 1970. Signed with the body, so that a receiver can refuse what is replayed later. */
  readonly timestamp: number;
  /** Exactly as it is sent. */
  readonly body: string;
}

/** HMAC-SHA256 of `<timestamp>.<body>`. How a receiver checks it: docs/webhooks.md. */
export function computeSignature({ secret, timestamp, body }: SignedText): string {
  return `sha256=${createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex')}`;
}
