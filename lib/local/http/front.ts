import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { finished } from 'node:stream/promises';
import { PortInUseError } from './errors.ts';
import { createGateway, type GatewayOptions } from './gateway.ts';
import { GATEWAY_ANSWER, type HttpAnswer } from './gateway-answers.ts';
import { type HttpRequest, readRequest } from './http-request.ts';

export interface HttpFrontOptions {
  /** 0 takes a free one. A port in use rejects with {@link PortInUseError}. */
  readonly port: number;
}

/**
 * The HTTP API of the template. It listens before it serves, because the template's outputs name its address: until
 * `serve` is called every request is answered 503.
 */
export interface HttpFront {
  readonly port: number;
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  serve(options: GatewayOptions): void;
  /** Refuses new requests, lets running ones end. */
  stop(): Promise<void>;
}

type Gateway = (request: HttpRequest) => Promise<HttpAnswer>;

const unavailable: Gateway = () => Promise.resolve(GATEWAY_ANSWER.serviceUnavailable);

const listen = (server: Server, port: number): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(error.code === 'EADDRINUSE' ? new PortInUseError(port, { cause: error }) : error),
    );
    server.listen(port, '127.0.0.1', resolve);
  });

const send = async (response: ServerResponse, answer: HttpAnswer): Promise<void> => {
  const { status, body } = answer;
  response.writeHead(status, {
    ...Object.fromEntries(Object.entries(answer.headers).map(([name, value]) => [name, [value].flat()])),
    'apigw-requestid': randomUUID(),
    // These two never have a body, so they must not announce one.
    ...(status === 204 || status === 304 ? {} : { 'content-length': body.length }),
  });
  response.end(body);
  await finished(response);
};

export const startHttpFront = async ({ port }: HttpFrontOptions): Promise<HttpFront> => {
  let gateway = unavailable;
  let stopping: Promise<void> | undefined;
  const answering = new Set<Promise<void>>();

  const answer = async (request: HttpRequest | undefined, response: ServerResponse): Promise<void> => {
    const made = request === undefined ? GATEWAY_ANSWER.tooLarge : await gateway(request);
    // A connection that was busy when the front stopped would otherwise be kept open by its client.
    if (stopping !== undefined) response.shouldKeepAlive = false;
    await send(response, made);
  };
  const receive = async (message: IncomingMessage, response: ServerResponse): Promise<void> => {
    const request = await readRequest(message);
    const running: Promise<void> = answer(request, response)
      .catch(() => send(response, GATEWAY_ANSWER.internalServerError))
      .finally(() => answering.delete(running));
    answering.add(running);
    await running;
  };
  const server = createServer((message, response) => {
    receive(message, response).catch(() => response.destroy());
  });
  await listen(server, port);
  const { port: boundPort } = server.address() as AddressInfo;

  const close = async (): Promise<void> => {
    gateway = unavailable;
    const closed = new Promise<void>((resolve) => {
      server.close(() => resolve());
    });
    server.closeIdleConnections();
    await Promise.allSettled(answering);
    // What is left sends its request still, or never will.
    server.closeAllConnections();
    await closed;
  };
  return {
    port: boundPort,
    url: `http://127.0.0.1:${boundPort}`,
    serve: (options) => {
      gateway = createGateway(options);
    },
    stop: () => {
      stopping ??= close();
      return stopping;
    },
  };
};
