import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import type { Hono } from 'hono';
import { ProblemError, toResponse } from './problem.ts';

export type LambdaHandler = (event: APIGatewayProxyEventV2) => Promise<APIGatewayProxyStructuredResultV2>;

/**
 * The app behind an HTTP API (payload 2.0). An adapter of our own, since the router's takes the decoded `rawPath` for an
 * encoded one, and fails on a GET with a body.
 */
export function createLambdaHandler(app: Pick<Hono, 'fetch'>): LambdaHandler {
  return async (event) => {
    let request: Request;
    try {
      request = toRequest(event);
    } catch (cause) {
      const detail = 'The path, a header or the method is not well-formed.';
      return toResult(toResponse(new ProblemError('malformed-request', detail, { cause })));
    }
    return toResult(await app.fetch(request));
  };
}

function toRequest({
  rawPath,
  rawQueryString,
  headers,
  body,
  isBase64Encoded,
  requestContext,
}: APIGatewayProxyEventV2) {
  const { method } = requestContext.http;
  const query = rawQueryString === '' ? '' : `?${rawQueryString}`;
  const hasBody = body !== undefined && method !== 'GET' && method !== 'HEAD';
  return new Request(`http://api${encodePath(rawPath)}${query}`, {
    method,
    headers: Object.entries(headers).map(([name, value]) => [name, toByteString(value ?? '')] as const) as [
      string,
      string,
    ][],
    ...(hasBody ? { body: Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8') } : {}),
  });
}

/**
 * API Gateway decodes the path before it routes and passes it on decoded, so a `?` or `%` in it is a character like any other.
 * Source: honojs/hono#2156, aws/aws-lambda-dotnet#1901.
 */
function encodePath(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/');
}

/** Headers hold bytes; a gateway that read them as UTF-8 gets its bytes back. */
function toByteString(value: string): string {
  return Buffer.from(value, 'utf8').toString('latin1');
}

async function toResult(response: Response): Promise<APIGatewayProxyStructuredResultV2> {
  return {
    statusCode: response.status,
    headers: Object.fromEntries(response.headers),
    body: await response.text(),
    isBase64Encoded: false,
  };
}
