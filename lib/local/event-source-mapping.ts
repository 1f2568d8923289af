import type { InvokeRequest, InvokeResult } from './lambda/invocation.ts';
import type { EventSourceMappingPlan } from './template/plan.ts';

export interface EventSourceMappingOptions {
  readonly plan: EventSourceMappingPlan;
  readonly region: string;
  readonly sqsEndpoint: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  readonly invoke: (request: InvokeRequest) => Promise<InvokeResult>;
  /** Something worth a line on the terminal: the queue cannot be reached, an answer is malformed. */
  readonly onNotice: (notice: string) => void;
}

export interface EventSourceMapping {
  /**
   * Receives nothing more from this call on; resolves when the running invocations have ended and their messages are
   * deleted. Those end by the function's own stop, so call both and wait for both.
   */
  stop(): Promise<void>;
}

export const startEventSourceMapping = (_options: EventSourceMappingOptions): EventSourceMapping => {
  throw new Error('not built yet');
};
