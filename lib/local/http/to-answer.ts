import { GATEWAY_ANSWER, type HttpAnswer } from './gateway-answers.ts';

/** The connection is ours, not the function's. */
const HEADERS_OF_THE_CONNECTION = new Set(['connection', 'content-length', 'keep-alive', 'transfer-encoding']);

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const toHeaders = (headers: unknown): Record<string, string> => {
  const entries = Object.entries(isObject(headers) ? headers : {}).map(([name, value]) => [
    name.toLowerCase(),
    String(value),
  ]);
  return {
    'content-type': 'text/plain; charset=utf-8',
    ...Object.fromEntries(entries.filter(([name]) => !HEADERS_OF_THE_CONNECTION.has(name ?? ''))),
  };
};

/** Undefined if the answer cannot be one. */
const fromStructured = (answer: Readonly<Record<string, unknown>>): HttpAnswer | undefined => {
  const status = Number(answer['statusCode']);
  const body = answer['body'] ?? '';
  if (!Number.isInteger(status) || status < 200 || status > 599 || typeof body !== 'string') return undefined;
  const cookies = answer['cookies'];
  return {
    status,
    headers: {
      ...toHeaders(answer['headers']),
      ...(Array.isArray(cookies) && cookies.length > 0 ? { 'set-cookie': cookies.map(String) } : {}),
    },
    body: Buffer.from(body, answer['isBase64Encoded'] === true ? 'base64' : 'utf8'),
  };
};

/**
 * Reads what a function has answered, in payload format 2.0: an object with a `statusCode`, or any other JSON, which
 * then is the body. What cannot be an answer is an error of the function's.
 */
export const toAnswer = (payload: string): HttpAnswer => {
  let answer: unknown;
  try {
    answer = JSON.parse(payload);
  } catch {
    return GATEWAY_ANSWER.internalServerError;
  }
  if (isObject(answer) && 'statusCode' in answer) return fromStructured(answer) ?? GATEWAY_ANSWER.internalServerError;
  return {
    status: 200,
    headers: { 'content-type': 'application/json' },
    body: Buffer.from(typeof answer === 'string' ? answer : payload),
  };
};
