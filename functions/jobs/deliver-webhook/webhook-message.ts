import { computeSignature, type SignedText } from './signature.ts';

export interface MessageParts {
  readonly body: unknown;
  readonly headers: Readonly<Record<string, string>>;
  /** The same in every attempt. */
  readonly id: string;
  readonly attempt: number;
  readonly secret: string | undefined;
  readonly nowMs: number;
}

export interface WebhookMessage {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** The headers and the exact text that are sent. Ours come last, so that nothing can stand in their place. */
export function createMessage({ body, headers, id, attempt, secret, nowMs }: MessageParts): WebhookMessage {
  const isText = typeof body === 'string';
  const text = isText ? body : JSON.stringify(body);
  const given = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value] as const);
  return {
    body: text,
    headers: {
      'content-type': isText ? 'text/plain; charset=utf-8' : 'application/json',
      'user-agent': 'async-endpoints',
      ...Object.fromEntries(given),
      'webhook-id': id,
      'webhook-attempt': String(attempt),
      ...(secret === undefined ? {} : sign({ secret, id, body: text }, nowMs)),
    },
  };
}

function sign(text: Omit<SignedText, 'timestamp'>, nowMs: number): Readonly<Record<string, string>> {
  const timestamp = Math.floor(nowMs / 1000);
  return {
    'webhook-timestamp': String(timestamp),
    'webhook-signature': computeSignature({ ...text, timestamp }),
  };
}
