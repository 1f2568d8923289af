import {
  AccessError,
  type DeadLetter,
  type JobFields,
  type JobMessage,
  type JobQueue,
  type OutgoingMessage,
  type SendResult,
  type Telemetry,
} from '../core/index.ts';
import { toPlainText } from './plain-text.ts';

interface Sender {
  readonly queue: JobQueue;
  readonly telemetry: Telemetry;
}

/** Jobs whose message was certainly not sent, and why. */
export type SendFailures = ReadonlyMap<string, AccessError>;

/** What a queue takes as a message group. Source: SQS `MessageGroupId`. */
const USABLE_GROUP = /^[\x21-\x7e]{1,128}$/;
const MAX_ATTRIBUTE_LENGTH = 1_000;

/** The message of a job. A raw put may name a group that no queue takes; fairness is then all that is lost. */
export function toMessage(
  job: Pick<JobFields, 'id' | 'group'>,
  delayMs: number,
  marks: Pick<JobMessage, 'dead' | 'back'> = {},
): OutgoingMessage {
  const { id, group } = job;
  return {
    message: { id, ...marks },
    delayMs,
    ...(group !== undefined && USABLE_GROUP.test(group) ? { group } : {}),
  };
}

/** The copy of a failed job for the dead-letter queue. */
export function toDeadLetter(
  job: Pick<JobFields, 'id' | 'attempt' | 'type'>,
  { reason, detail }: Pick<DeadLetter, 'reason' | 'detail'>,
): DeadLetter {
  return {
    message: { id: job.id, dead: job.attempt },
    type: toPlainText(job.type, MAX_ATTRIBUTE_LENGTH),
    reason: toPlainText(reason, MAX_ATTRIBUTE_LENGTH),
    detail: toPlainText(detail, MAX_ATTRIBUTE_LENGTH),
  };
}

/**
 * Sends and tells which messages were certainly not sent. A failure is counted, never thrown: the table brings the job back.
 */
export async function sendMessages(sender: Sender, messages: readonly OutgoingMessage[]): Promise<SendFailures> {
  return await collectFailures(sender, messages, () => sender.queue.send(messages));
}

/** The same for copies of failed jobs on their way to the dead-letter queue. */
export async function sendDeadLetters(sender: Sender, letters: readonly DeadLetter[]): Promise<SendFailures> {
  return await collectFailures(sender, letters, () => sender.queue.sendDeadLetters(letters));
}

async function collectFailures(
  { telemetry }: Sender,
  sent: readonly { readonly message: { readonly id: string } }[],
  send: () => Promise<readonly SendResult[]>,
): Promise<SendFailures> {
  const failures = new Map<string, AccessError>();
  if (sent.length === 0) {
    return failures;
  }
  const results = await answersOf(send);
  for (const [index, { message }] of sent.entries()) {
    const result = results[index] ?? NO_ANSWER;
    if (result.kind === 'error') {
      failures.set(message.id, result.error);
      telemetry.noticed('SendFailures', { jobId: message.id, reason: result.error.code, cause: result.error.message });
    }
  }
  return failures;
}

const NO_ANSWER: SendResult = { kind: 'error', error: new AccessError('unavailable', 'The queue gave no answer.') };

/** A queue answers for each message; should it throw all the same, none was sent. */
async function answersOf(send: () => Promise<readonly SendResult[]>): Promise<readonly SendResult[]> {
  try {
    return await send();
  } catch {
    return [];
  }
}
