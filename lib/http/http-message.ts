/**
 * Requests and answers as plain records. Node loads its whole fetch library at the first `Request`, `Response` or `Headers`, which a
 * function pays for at every cold start: docs/decisions/0015-no-fetch-objects-in-the-api.md.
 */
export interface HttpRequest {
  readonly method: string;
  /** Decoded. */
  readonly path: string;
  /** Without the question mark, still percent-encoded; empty if there is none. */
  readonly query: string;
  /** By lower-cased name, without white space around the values. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Uint8Array;
}

export interface HttpResponse {
  readonly status: number;
  /** By lower-cased name. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}
