import { type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { Socket } from 'node:net';
import { readExcerpt } from './excerpt.ts';
import type { WebhookMessage } from './webhook-message.ts';

export interface PostOptions {
  readonly url: URL;
  readonly message: WebhookMessage;
  /** Opens a connection for this request alone; one that is kept alive would have passed the checks of another request. */
  readonly openSocket: () => Socket;
  readonly signal: AbortSignal;
}

export interface Answer {
  readonly status: number;
  readonly retryAfter: string | undefined;
  readonly location: string | undefined;
  /** The beginning of the body, in one line. */
  readonly excerpt: string;
}

/**
 * Sends one POST. The status decides: what happens to the connection after it, while the body arrives, changes nothing.
 * Follows no redirect and knows no proxy.
 */
export async function post(options: PostOptions): Promise<Answer> {
  const response = await send(options);
  const { location, 'retry-after': retryAfter } = response.headers;
  return { status: response.statusCode ?? 0, retryAfter, location, excerpt: await readExcerpt(response) };
}

function send({ url, message, openSocket, signal }: PostOptions): Promise<IncomingMessage> {
  const request = url.protocol === 'https:' ? requestHttps : requestHttp;
  return new Promise((resolve, reject) => {
    const sent = request(url, {
      method: 'POST',
      headers: { ...message.headers, connection: 'close' },
      createConnection: openSocket,
      signal,
    });
    // Stays for as long as the request lives: a connection may break after the answer, too.
    sent.on('error', reject);
    sent.once('response', resolve);
    // Nothing else comes when a receiver answers with another protocol (101).
    sent.once('close', () => reject(new Error('the connection ended without an answer')));
    sent.end(message.body);
  });
}
