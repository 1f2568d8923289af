import type { Decision, JobQueue, Telemetry } from '../core/index.ts';
import { type SendFailures, sendDeadLetters, sendMessages, toDeadLetter, toMessage } from './send-messages.ts';

/** A decided transition with what is to be sent once it is accepted. */
export type Planned = Extract<Decision, { kind: 'change' }>;

export interface FollowUp {
  /** Jobs whose message was certainly not sent. */
  readonly unsent: SendFailures;
  /** Failed jobs whose copy is not in the dead-letter queue. */
  readonly uncopied: SendFailures;
}

/** What follows accepted changes, and accepted changes only: operators are told, then messages and copies are sent. */
export async function followUp(
  ports: { readonly queue: JobQueue; readonly telemetry: Telemetry },
  plans: readonly Planned[],
): Promise<FollowUp> {
  for (const { change } of plans) {
    ports.telemetry.accepted(change);
  }
  const unsent = await sendMessages(
    ports,
    plans.flatMap(({ change, send }) => (send === undefined ? [] : [toMessage(change.after, send.delayMs)])),
  );
  const uncopied = await sendDeadLetters(
    ports,
    plans.flatMap(({ change, deadLetter }) =>
      deadLetter === undefined ? [] : [toDeadLetter(change.after, deadLetter)],
    ),
  );
  return { unsent, uncopied };
}
