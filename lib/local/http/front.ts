import type { InvokeRequest, InvokeResult } from '../lambda/invocation.ts';
import type { HttpApiPlan } from '../template/plan.ts';

export interface HttpFrontOptions {
  /** 0 takes a free one. A port in use rejects with a `PortInUseError`-like error that names it. */
  readonly port: number;
}

export interface ServeOptions {
  readonly api: HttpApiPlan;
  readonly region: string;
  readonly accountId: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  readonly invoke: (functionName: string, request: InvokeRequest) => Promise<InvokeResult>;
}

/**
 * The HTTP API of the template. It listens before it serves, because the template's outputs name its address: until
 * `serve` is called every request is answered 503.
 */
export interface HttpFront {
  readonly port: number;
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  serve(options: ServeOptions): void;
  /** Refuses new requests, lets running ones end. */
  stop(): Promise<void>;
}

export const startHttpFront = (_options: HttpFrontOptions): Promise<HttpFront> =>
  Promise.reject(new Error('not built yet'));
