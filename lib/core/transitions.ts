import type { Status } from './status.ts';

/** Who causes a transition. */
export type Actor = 'caller' | 'producer' | 'consumer' | 'person';

export interface Transition {
  readonly event: string;
  readonly from: readonly Status[];
  readonly to: readonly Status[];
  readonly by: readonly Actor[];
}

/**
 * Every transition there is: each status in `from` can lead to each in `to`, and to nothing else. `decide` refuses to build a
 * change that is not in this table, and the state diagram in the documentation is tested against it.
 */
export const TRANSITIONS = [
  // A message is about to be sent, for the first time or again.
  { event: 'dispatch', from: ['queued', 'dispatched'], to: ['dispatched'], by: ['producer'] },
  // The send failed for certain: look again at once.
  { event: 'send-failed', from: ['dispatched'], to: ['dispatched'], by: ['producer'] },
  // Too early, or too far away for a queue's delay: back to waiting in the table.
  { event: 'postpone', from: ['queued', 'dispatched'], to: ['queued'], by: ['producer', 'consumer'] },
  // The lease still runs: look again when it ends.
  { event: 'await-lease', from: ['running'], to: ['running'], by: ['producer'] },
  // The lease ended without an outcome.
  { event: 'lease-ended', from: ['running'], to: ['dispatched', 'failed'], by: ['producer'] },
  // A cancel request that nobody has acted on yet.
  { event: 'honor-cancel', from: ['queued', 'dispatched', 'running'], to: ['canceled'], by: ['producer'] },
  // The item cannot be read or written as a job. The only event that an item can meet whose status is unreadable or not believed.
  { event: 'reject', from: ['queued', 'dispatched', 'running'], to: ['failed'], by: ['producer', 'consumer'] },
  // A final job that somebody wrote into a live lane, or that cannot be read: put in order, its status stays (but see `reject`).
  { event: 'move-lane', from: ['completed'], to: ['completed'], by: ['producer'] },
  { event: 'move-lane', from: ['failed'], to: ['failed'], by: ['producer'] },
  { event: 'move-lane', from: ['canceled'], to: ['canceled'], by: ['producer'] },
  { event: 'claim', from: ['queued', 'dispatched'], to: ['running'], by: ['consumer'] },
  { event: 'progress', from: ['running'], to: ['running'], by: ['consumer'] },
  { event: 'complete', from: ['running'], to: ['completed'], by: ['consumer'] },
  { event: 'fail', from: ['running'], to: ['queued', 'dispatched', 'failed', 'canceled'], by: ['consumer'] },
  { event: 'unknown-type', from: ['running'], to: ['queued', 'failed', 'canceled'], by: ['consumer'] },
  // The process must stop: the run is given back, uncharged.
  { event: 'interrupt', from: ['running'], to: ['queued', 'canceled'], by: ['consumer'] },
  // Nobody runs it: at once. Somebody does: a request, which its next outcome obeys.
  { event: 'cancel', from: ['queued', 'dispatched'], to: ['canceled'], by: ['caller'] },
  { event: 'cancel', from: ['running'], to: ['running'], by: ['caller'] },
  { event: 'retry', from: ['failed', 'canceled'], to: ['dispatched'], by: ['person'] },
  { event: 'redrive', from: ['failed'], to: ['dispatched'], by: ['person'] },
] as const satisfies readonly Transition[];

export type EventName = (typeof TRANSITIONS)[number]['event'];

/** Whether the table allows it; `from` is undefined for an item whose status cannot be read or believed, which can only be rejected. */
export function isAllowed(event: EventName, from: Status | undefined, to: Status): boolean {
  return TRANSITIONS.some((row: Transition) => {
    const isFrom = from === undefined ? event === 'reject' : row.from.includes(from);
    return row.event === event && isFrom && row.to.includes(to);
  });
}
