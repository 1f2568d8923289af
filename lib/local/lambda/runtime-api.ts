import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { keepOutWebPages } from '../http/web-pages.ts';
import { MAX_PAYLOAD_BYTES } from './limits.ts';

/** What the runtime of one environment is handed when it asks for its next invocation. */
export interface NextInvocation {
  readonly requestId: string;
  readonly deadlineAt: number;
  readonly functionArn: string;
  readonly traceId: string;
  readonly payload: string;
}

export interface ReportedError {
  readonly errorType: string;
  readonly errorMessage: string;
  /** The whole document as the runtime has sent it. */
  readonly payload: string;
}

/** One environment, as the runtime inside it sees the world. */
export interface EnvironmentEndpoint {
  /** The runtime is idle. `handOut` gives it an invocation; it may be called once. */
  onNext(handOut: (invocation: NextInvocation) => void): void;
  /** False if there is no such invocation. */
  onResponse(requestId: string, payload: string): boolean;
  onResponseTooLarge(requestId: string): boolean;
  onError(requestId: string, error: ReportedError): boolean;
  onInitError(error: ReportedError): void;
}

/** The HTTP server that all function environments of a stack poll: the Lambda Runtime API, version 2018-06-01. */
export interface RuntimeApi {
  readonly port: number;
  /** Returns the value of `AWS_LAMBDA_RUNTIME_API` for this environment. */
  add(environmentId: string, endpoint: EnvironmentEndpoint): string;
  remove(environmentId: string): void;
  /** Call it when every environment has ended. */
  stop(): Promise<void>;
}

const ROUTE = /^\/([^/]+)\/2018-06-01\/runtime\/(init\/error|invocation\/next|invocation\/([^/]+)\/(response|error))$/;

/** Undefined if the body is larger than Lambda takes; it is read to its end either way. */
const readBody = async (request: IncomingMessage): Promise<string | undefined> => {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size <= MAX_PAYLOAD_BYTES) chunks.push(chunk);
  }
  return size > MAX_PAYLOAD_BYTES ? undefined : Buffer.concat(chunks).toString('utf8');
};

const parseError = (payload: string | undefined, header: string | string[] | undefined): ReportedError => {
  let errorType = typeof header === 'string' ? header : 'Runtime.Unknown';
  let errorMessage = '';
  try {
    const document: unknown = JSON.parse(payload ?? '');
    if (typeof document === 'object' && document !== null) {
      if ('errorType' in document) errorType = String(document.errorType);
      if ('errorMessage' in document) errorMessage = String(document.errorMessage);
    }
  } catch {
    // A runtime may report no document, or none that can be read: the type in the header is then all there is.
  }
  return { errorType, errorMessage, payload: payload ?? JSON.stringify({ errorType, errorMessage }) };
};

const answer = (response: ServerResponse, status: number, body: object): void => {
  const text = JSON.stringify(body);
  response.writeHead(status, { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(text) });
  response.end(text);
};

const refuse = (response: ServerResponse, status: number, errorType: string, errorMessage: string): void =>
  answer(response, status, { errorType, errorMessage });

const handOutOn =
  (response: ServerResponse) =>
  (invocation: NextInvocation): void => {
    response.writeHead(200, {
      'Content-Type': 'application/json',
      'Content-Length': Buffer.byteLength(invocation.payload),
      'Lambda-Runtime-Aws-Request-Id': invocation.requestId,
      'Lambda-Runtime-Deadline-Ms': String(invocation.deadlineAt),
      'Lambda-Runtime-Invoked-Function-Arn': invocation.functionArn,
      'Lambda-Runtime-Trace-Id': invocation.traceId,
    });
    response.end(invocation.payload);
  };

/** Takes the outcome of an invocation. */
const takeOutcome = async (
  endpoint: EnvironmentEndpoint,
  requestId: string,
  isError: boolean,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> => {
  const body = await readBody(request);
  let isKnown: boolean;
  if (isError) {
    isKnown = endpoint.onError(requestId, parseError(body, request.headers['lambda-runtime-function-error-type']));
  } else if (body === undefined) {
    endpoint.onResponseTooLarge(requestId);
    refuse(response, 413, 'RequestEntityTooLarge', `An answer has at most ${MAX_PAYLOAD_BYTES} bytes.`);
    return;
  } else {
    isKnown = endpoint.onResponse(requestId, body);
  }
  if (isKnown) answer(response, 202, { status: 'OK' });
  else refuse(response, 400, 'InvalidRequestID', `No invocation ${requestId} is running here.`);
};

export const startRuntimeApi = async (): Promise<RuntimeApi> => {
  const endpoints = new Map<string, EnvironmentEndpoint>();

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const [, environmentId = '', path = '', requestId, outcome] = ROUTE.exec(request.url ?? '') ?? [];
    const endpoint = endpoints.get(environmentId);
    const method = path === 'invocation/next' ? 'GET' : 'POST';
    if (endpoint === undefined || request.method !== method) {
      refuse(response, 404, 'NotFound', `Nothing is at ${request.method} ${request.url}.`);
    } else if (path === 'invocation/next') {
      endpoint.onNext(handOutOn(response));
    } else if (requestId === undefined) {
      endpoint.onInitError(parseError(await readBody(request), request.headers['lambda-runtime-function-error-type']));
      answer(response, 202, { status: 'OK' });
    } else {
      await takeOutcome(endpoint, requestId, outcome === 'error', request, response);
    }
  };

  // An idle runtime waits for its next invocation as long as it takes, so no timeout of the server's own may end that.
  const server = createServer({ keepAliveTimeout: 0, requestTimeout: 0 }, (request, response) => {
    handle(request, response).catch(() => response.destroy());
  });
  keepOutWebPages(server);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;

  return {
    port,
    add: (environmentId, endpoint) => {
      endpoints.set(environmentId, endpoint);
      return `127.0.0.1:${port}/${environmentId}`;
    },
    remove: (environmentId) => {
      endpoints.delete(environmentId);
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};
