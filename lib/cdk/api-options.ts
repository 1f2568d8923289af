import type { ApiAuth } from './api-auth.ts';

/** The HTTP API and its function. */
export interface ApiOptions {
  /**
   * How callers prove who they are, on every route.
   *
   * @default { kind: 'iam' }
   */
  readonly auth?: ApiAuth;

  /**
   * Lets everybody who finds the API submit and read jobs, unasked. Excludes `auth`.
   *
   * @default false
   */
  readonly unsafeLetAnybodyIn?: boolean;

  /**
   * Memory of the API's function in MB, 128 to 10240.
   *
   * @default 512
   */
  readonly memorySize?: number;

  /**
   * Requests a second that the stage lets through, 1 to 10000.
   *
   * @default 1000
   */
  readonly rateLimit?: number;

  /**
   * Requests that may come at once, 1 to 5000.
   *
   * @default 2000
   */
  readonly burstLimit?: number;
}
