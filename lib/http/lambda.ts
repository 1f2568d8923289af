import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import type { App } from './app.ts';
import type { HttpRequest, HttpResponse } from './http-message.ts';
import { ProblemError, toResponse } from './problem.ts';

export type LambdaHandler = (event: APIGatewayProxyEventV2) => Promise<APIGatewayProxyStructuredResultV2>;

/** The app behind an HTTP API (payload 2.0). */
export function createLambdaHandler(app: App): LambdaHandler {
  return async (event) => {
    const request = toRequest(event);
    return toResult(isWellFormed(request) ? await app(request) : toResponse(notWellFormed()));
  };
}

/**
 * API Gateway decodes the path before it routes and passes it on decoded, so a `?` or `%` in it is a character like any other.
 * Source: honojs/hono#2156, aws/aws-lambda-dotnet#1901.
 */
function toRequest(event: APIGatewayProxyEventV2): HttpRequest {
  return {
    method: event.requestContext.http.method,
    path: event.rawPath,
    query: event.rawQueryString,
    headers: toHeaders(event.headers),
    body: Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8'),
  };
}

/** Names that differ only by case are one header, with all of its values. */
function toHeaders(headers: APIGatewayProxyEventV2['headers']): ReadonlyMap<string, string> {
  const joined = new Map<string, string>();
  for (const [anyName, value = ''] of Object.entries(headers)) {
    const name = anyName.toLowerCase();
    const before = joined.get(name);
    joined.set(name, before === undefined ? value.trim() : `${before}, ${value.trim()}`);
  }
  return joined;
}

/** RFC 9110, section 5.6.2. */
const TOKEN = /^[\w!#$%&'*+.^`|~-]+$/;
const HALF_A_CHARACTER = /\p{Surrogate}/u;
const LINE_BREAK = /[\0\r\n]/;

/** A gateway lets none of this pass; whoever else invokes the function is told. */
function isWellFormed({ method, path, headers }: HttpRequest): boolean {
  return (
    TOKEN.test(method) &&
    !HALF_A_CHARACTER.test(path) &&
    [...headers].every(([name, value]) => TOKEN.test(name) && !LINE_BREAK.test(value))
  );
}

function notWellFormed(): ProblemError {
  return new ProblemError('malformed-request', 'The path, a header or the method is not well-formed.');
}

function toResult({ status, headers, body }: HttpResponse): APIGatewayProxyStructuredResultV2 {
  return { statusCode: status, headers, body, isBase64Encoded: false };
}
