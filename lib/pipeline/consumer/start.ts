import type { AccessError, JobMessage, RunningJob } from '../../core/index.ts';
import type { Delivery } from './ports.ts';

/** A delivery whose body could be read. */
export interface Item {
  readonly delivery: Delivery;
  readonly message: JobMessage;
}

/** What became of trying to start a job. */
export type Start =
  | { readonly kind: 'run'; readonly job: RunningJob }
  /** Nothing is left to do with the message. */
  | { readonly kind: 'acknowledge' }
  /** The message must come back after its visibility timeout; with the error of a table that did not answer. */
  | { readonly kind: 'keep'; readonly unreachable?: AccessError }
  /** It names no job: visible at once, until the queue gives it up. */
  | { readonly kind: 'poison' }
  /** It may only run alone. */
  | { readonly kind: 'alone' };
