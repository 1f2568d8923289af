import type { Stored } from '../stored.ts';
import type { DecisionContext } from './build-change.ts';
import { type Decision, refuse } from './decision.ts';
import { rejectMalformed } from './reject.ts';
import { decideSettle, type RunEvent } from './settle.ts';
import { decideCancel, decidePostpone, decideRedrive, decideRetry, decideSendFailed } from './steer.ts';
import { decideSweep } from './sweep.ts';

/** Something happened, or is wanted, that may move a job on. */
export type JobEvent =
  | { readonly name: 'sweep' }
  | { readonly name: 'send-failed' }
  | { readonly name: 'postpone' }
  /** On a person's word. The token stands in the history afterwards, and tells whose word it was. */
  | { readonly name: 'cancel' | 'retry'; readonly token?: string }
  | { readonly name: 'redrive'; readonly attempt: number; readonly token?: string }
  | { readonly name: 'reject'; readonly problem: string; readonly dropInput: boolean }
  | RunEvent;

/**
 * The one place where a status is decided: from a job as stored, an event and the time to the change to be written, or the
 * reason why there is none. Pure: a store persists what comes out. Claims alone are decided inside the store, in one step
 * with their write ({@link canClaim}).
 */
export function decide(stored: Stored, event: JobEvent, context: DecisionContext): Decision {
  if (event.name === 'sweep') {
    return decideSweep(stored, context);
  }
  if (stored.kind === 'absent') {
    return refuse('wrong-status');
  }
  if (event.name === 'reject') {
    return rejectMalformed(stored, event.problem, context, event.dropInput);
  }
  if (stored.kind === 'malformed') {
    return refuse('wrong-status');
  }
  switch (event.name) {
    case 'send-failed':
      return decideSendFailed(stored, context);
    case 'postpone':
      return decidePostpone(stored, context);
    case 'cancel':
      return decideCancel(stored, context, event.token);
    case 'retry':
      return decideRetry(stored, context, event.token);
    case 'redrive':
      return decideRedrive(stored, event, context);
    default:
      return stored.job.status === 'running' ? decideSettle(stored.job, event, context) : refuse('wrong-status');
  }
}
