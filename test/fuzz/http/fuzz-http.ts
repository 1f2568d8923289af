import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { createHttpStack, type HttpStack } from '../../http/memory-stack.ts';
import type { FuzzOptions } from '../settings.ts';
import { createEvents, type Event } from './hostile-requests.ts';
import { findLeak } from './leaks.ts';

export interface HttpFates {
  /** How many answers had each status. */
  readonly answers: Readonly<Record<string, number>>;
  /** Jobs that were accepted; the input of each is what was sent. */
  readonly accepted: number;
}

/** Requests that one installation answers, so that ids and keys meet again. */
const REQUESTS_OF_A_STACK = 1_000;
/** In time that passes: whoever has not answered by then hangs. */
const PATIENCE_MS = 30_000;

/**
 * Has the API's function answer random requests.
 *
 * @throws Error for an answer of 5xx, none at all, one that is no problem in its form or tells too much, or a changed input
 */
export async function fuzzHttp({ seed, cases }: FuzzOptions): Promise<HttpFates> {
  const answers: Record<string, number> = {};
  let accepted = 0;
  let stack = createHttpStack();
  for (const [index, event] of createEvents(seed, cases).entries()) {
    stack = index % REQUESTS_OF_A_STACK === 0 ? createHttpStack() : stack;
    const result = await answer(stack, event);
    check(stack, event, result);
    answers[String(result.statusCode)] = (answers[String(result.statusCode)] ?? 0) + 1;
    accepted += result.statusCode === 202 ? 1 : 0;
  }
  return { answers, accepted };
}

async function answer({ handler }: HttpStack, event: Event): Promise<APIGatewayProxyStructuredResultV2> {
  let timer: NodeJS.Timeout | undefined;
  const hang = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`Not answered: ${JSON.stringify(event)}`)), PATIENCE_MS);
  });
  try {
    return await Promise.race([handler(event), hang]);
  } finally {
    clearTimeout(timer);
  }
}

function check(
  stack: HttpStack,
  event: Event,
  { statusCode = 0, headers, body = '' }: APIGatewayProxyStructuredResultV2,
): void {
  const fail = (problem: string): never => {
    throw new Error(`${problem}: ${JSON.stringify(event)} was answered ${statusCode} ${body}`);
  };
  if (statusCode < 200 || statusCode >= 500) {
    fail('An error of the service');
  }
  const isHead = event.requestContext.http.method === 'HEAD';
  if (statusCode >= 400) {
    const leak = findLeak(body, decodeBody(event) + JSON.stringify(event) + JSON.stringify(decodeBody(event)));
    if (leak !== undefined) {
      fail(`The answer tells ${JSON.stringify(leak)}`);
    }
    if (
      headers?.['content-type'] !== 'application/problem+json' ||
      !(isHead || JSON.parse(body).status === statusCode)
    ) {
      fail('Not a problem in its form');
    }
  } else if (event.requestContext.http.method === 'POST') {
    const { id } = JSON.parse(body) as { readonly id: string };
    const sent: unknown = JSON.parse(decodeBody(event));
    const stored = String(stack.store.getRaw(id)?.['input']);
    if (JSON.stringify((sent as { readonly input?: unknown }).input ?? null) !== JSON.stringify(JSON.parse(stored))) {
      fail(`The input was kept as ${stored}`);
    }
  }
}

function decodeBody({ body = '', isBase64Encoded }: Event): string {
  const text = isBase64Encoded ? Buffer.from(body, 'base64').toString('utf8') : body;
  // RFC 8259, section 8.1: a reader may pass over it.
  return text.startsWith('\ufeff') ? text.slice(1) : text;
}
