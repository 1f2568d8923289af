import type { Change } from '../change.ts';

/** What core decided about a job and an event. */
export type Decision =
  | {
      readonly kind: 'change';
      readonly change: Change;
      /** Once the change is accepted, send a message that arrives after the delay. */
      readonly send?: { readonly delayMs: number };
      /** Once the change is accepted, put a copy with the reason into the dead-letter queue. */
      readonly deadLetter?: { readonly reason: string; readonly detail: string };
    }
  | { readonly kind: 'refused'; readonly reason: RefusalReason };

export type RefusalReason =
  /** Nothing is to be done yet. */
  | 'not-yet'
  /** The job's status does not allow the event. */
  | 'wrong-status'
  /** The dead letter speaks of another attempt. */
  | 'other-attempt'
  /** It had been asked for already. */
  | 'already-requested';

export function refuse(reason: RefusalReason): Decision {
  return { kind: 'refused', reason };
}
