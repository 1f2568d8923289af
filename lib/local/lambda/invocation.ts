/** What comes of an invocation: the values of Lambda's Invoke API, told apart by `kind`. */
export type InvokeResult =
  /** The handler answered; `payload` is the JSON text of its answer. */
  | { readonly kind: 'success'; readonly requestId: string; readonly payload: string }
  /** The handler threw, its process ended, or its time ran out; `payload` is Lambda's JSON error document. */
  | {
      readonly kind: 'function-error';
      readonly requestId: string;
      readonly errorType: string;
      readonly errorMessage: string;
      readonly payload: string;
    }
  /** Reserved concurrency is used up. The handler has not run. */
  | { readonly kind: 'throttled' }
  /** The event is larger than Lambda takes (6 MB). The handler has not run. */
  | { readonly kind: 'too-large' }
  /** This function takes no new invocations because the runtime stops. The handler has not run. */
  | { readonly kind: 'stopped' };

export interface InvokeRequest {
  /** JSON text, at most 6 MB. */
  readonly payload: string;
  /** Value of `_X_AMZN_TRACE_ID`; a fresh one is made when absent. */
  readonly traceId?: string;
}

export interface LogLine {
  readonly functionName: string;
  readonly stream: 'stdout' | 'stderr';
  readonly text: string;
}
