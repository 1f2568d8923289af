import { once } from 'node:events';
import {
  Agent,
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request as openRequest,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { Refusal } from './refusals.ts';

/** One request to a service, whole. */
export interface WireRequest {
  /** As the service calls it: `UpdateItem`. */
  readonly operation: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface WireAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders | Readonly<Record<string, string>>;
  readonly body: string;
}

/** What befalls a request on its way. */
export type Fate =
  | { readonly kind: 'pass' }
  /** The connection is reset; the service never sees the request. */
  | { readonly kind: 'drop-before' }
  /** The service carries it out; the connection is reset instead of the answer. */
  | { readonly kind: 'drop-after' }
  /** The connection is reset, and the service carries the request out once `landing` resolves. */
  | { readonly kind: 'land-late'; readonly landing: Promise<void> }
  /** The answer comes so much later. */
  | { readonly kind: 'delay'; readonly ms: number }
  | { readonly kind: 'refuse'; readonly refusal: Refusal };

export interface FaultProxyOptions {
  /** Origin of the service. */
  readonly target: string;
  readonly decide: (request: WireRequest) => Fate;
  /** Stands between the proxy and the service, to see or to change what is carried out. Default: neither. */
  readonly exchange?: (request: WireRequest, send: Send) => Promise<WireAnswer>;
}

export type Send = (request: WireRequest) => Promise<WireAnswer>;

/** A proxy before a service of AWS's JSON protocols, at which requests meet their fates. */
export interface FaultProxy {
  readonly endpoint: string;
  /** Requests that came, by operation. */
  readonly counts: ReadonlyMap<string, number>;
  readonly close: () => Promise<void>;
}

export async function startFaultProxy({
  target,
  decide,
  exchange = (request, send) => send(request),
}: FaultProxyOptions): Promise<FaultProxy> {
  // A connection of its own for each request: one that was kept could be closed by the engine at the moment of its next use.
  const agent = new Agent({ keepAlive: false });
  const counts = new Map<string, number>();
  const send: Send = ({ headers, body }) => forward(target, agent, headers, body);

  const answer = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const body = await readBody(incoming);
    const operation = String(incoming.headers['x-amz-target']).split('.').at(-1) ?? '';
    counts.set(operation, (counts.get(operation) ?? 0) + 1);
    const request = { operation, headers: incoming.headers, body };
    const reset = (): unknown => incoming.socket.resetAndDestroy();
    const fate = decide(request);
    switch (fate.kind) {
      case 'drop-before':
        reset();
        return;
      case 'drop-after':
        await exchange(request, send);
        reset();
        return;
      case 'land-late':
        reset();
        await fate.landing;
        await exchange(request, send);
        return;
      case 'refuse':
        write(outgoing, fate.refusal);
        return;
      case 'delay': {
        const found = await exchange(request, send);
        await delay(fate.ms);
        write(outgoing, found);
        return;
      }
      case 'pass':
        write(outgoing, await exchange(request, send));
    }
  };

  const server = createServer((incoming, outgoing) => {
    // An engine that is gone looks like a broken connection, through a proxy too.
    answer(incoming, outgoing).catch(() => incoming.socket.resetAndDestroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    counts,
    close: async () => {
      agent.destroy();
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function write(outgoing: ServerResponse, { status, headers, body }: WireAnswer | Refusal): void {
  // What was changed on its way has neither the length nor the checksum that it came with.
  const {
    'content-length': _length,
    'transfer-encoding': _encoding,
    'x-amz-crc32': _checksum,
    ...rest
  } = headers as IncomingHttpHeaders;
  outgoing.writeHead(status, { ...rest, 'content-length': Buffer.byteLength(body) });
  outgoing.end(body);
}

async function forward(
  target: string,
  agent: Agent,
  {
    'content-length': _length,
    'transfer-encoding': _encoding,
    host: _host,
    connection: _connection,
    ...headers
  }: IncomingHttpHeaders,
  body: string,
): Promise<WireAnswer> {
  const outgoing = openRequest(target, {
    method: 'POST',
    path: '/',
    agent,
    headers: { ...headers, 'content-length': Buffer.byteLength(body) },
  });
  outgoing.end(body);
  const [incoming] = (await once(outgoing, 'response')) as [IncomingMessage];
  return { status: incoming.statusCode ?? 0, headers: incoming.headers, body: await readBody(incoming) };
}

async function readBody(message: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
