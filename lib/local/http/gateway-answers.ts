/** What goes back to the client. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body: Buffer;
}

const answerOf = (status: number, message: string): HttpAnswer => ({
  status,
  headers: { 'content-type': 'application/json', ...(status === 401 ? { 'www-authenticate': 'Bearer' } : {}) },
  body: Buffer.from(JSON.stringify({ message })),
});

/** The answers that API Gateway makes itself, in its own words. */
export const GATEWAY_ANSWER = {
  unauthorized: answerOf(401, 'Unauthorized'),
  forbidden: answerOf(403, 'Forbidden'),
  notFound: answerOf(404, 'Not Found'),
  tooLarge: answerOf(413, 'Request Entity Too Large'),
  tooManyRequests: answerOf(429, 'Too Many Requests'),
  internalServerError: answerOf(500, 'Internal Server Error'),
  serviceUnavailable: answerOf(503, 'Service Unavailable'),
} as const satisfies Readonly<Record<string, HttpAnswer>>;
