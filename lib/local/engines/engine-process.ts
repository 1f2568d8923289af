import { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { EngineFailureReason, EngineMessage } from './engine-messages.ts';

/** What every engine's process is made of: options from the command line, answers over the message channel, an orderly end. */

/** Connections that clients keep open must outlive their own idle limits, or a request meets a closing connection. */
const KEEP_ALIVE_MS = 75_000;

/** How long requests may take to end once the process is asked to stop. */
const DRAIN_MS = 500;

export class EngineStartError extends Error {
  readonly code: EngineFailureReason;
  readonly port: number | undefined;

  constructor(
    code: EngineFailureReason,
    message: string,
    options?: { readonly port?: number; readonly cause?: unknown },
  ) {
    super(message, { cause: options?.cause });
    this.name = 'EngineStartError';
    this.code = code;
    this.port = options?.port;
  }
}

export interface RunningEngine {
  readonly ports: readonly number[];
  readonly notice?: string;
  /** Resolves once everything acknowledged is kept. */
  readonly close: () => Promise<void>;
  readonly onRequest?: (request: { readonly kind: string }) => Promise<void>;
}

export const report = (message: EngineMessage): void => {
  process.send?.(message);
};

/** Runs an engine until SIGTERM, or until the runtime is gone. */
export async function runEngine<Options>(start: (options: Options) => Promise<RunningEngine>): Promise<void> {
  // Parsed, not validated: the only caller is the engine's starter next door.
  const options = JSON.parse(process.argv[2] ?? '{}') as Options;
  try {
    const engine = await start(options);
    let closing = false;
    const close = (): void => {
      if (!closing) {
        closing = true;
        engine.close().then(
          () => process.exit(0),
          (error: unknown) => {
            console.error(error);
            process.exit(1);
          },
        );
      }
    };
    process.on('SIGTERM', close);
    process.on('disconnect', close);
    process.on('message', (message: { readonly kind: string; readonly request: number }) => {
      const { request } = message;
      engine.onRequest?.(message).then(
        () => report({ kind: 'done', request }),
        (error: unknown) => report({ kind: 'done', request, error: String(error) }),
      );
    });
    report({ kind: 'ready', ports: engine.ports, ...(engine.notice === undefined ? {} : { notice: engine.notice }) });
  } catch (error) {
    const known = error instanceof EngineStartError ? error : undefined;
    report({
      kind: 'failed',
      reason: known?.code ?? 'failed',
      message: error instanceof Error ? error.message : String(error),
      ...(known?.port === undefined ? {} : { port: known.port }),
    });
    // The channel is drained before the process may end.
    process.disconnect?.();
    process.exitCode = 1;
  }
}

/** Resolves with the port. Loopback only: nothing here asks who is calling. */
export async function listen(server: Server, port: number): Promise<number> {
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(
        error.code === 'EADDRINUSE'
          ? new EngineStartError('port-in-use', `port ${port} is in use`, { port, cause: error })
          : error,
      );
    });
    server.listen(port, '127.0.0.1', () => resolve());
  });
  return (server.address() as AddressInfo).port;
}

/** Takes no new connections and lets running requests end for a moment. Resolves with false if some had to be cut off. */
export async function closeServer(server: Server): Promise<boolean> {
  let cutOff = false;
  const cut = setTimeout(() => {
    cutOff = true;
    server.closeAllConnections();
  }, DRAIN_MS);
  // The engine's own server closes more than connections, and not in our order.
  await new Promise<void>((resolve) => Server.prototype.close.call(server, () => resolve()));
  clearTimeout(cut);
  return !cutOff;
}
