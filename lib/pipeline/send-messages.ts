import type { DeadLetter, JobQueue, OutgoingMessage, Telemetry } from '../core/index.ts';

interface Sender {
  readonly queue: JobQueue;
  readonly telemetry: Telemetry;
}

/**
 * Sends and tells which messages were certainly not sent. A failure is counted, never thrown: the table brings the job back.
 */
export async function sendMessages(
  { queue, telemetry }: Sender,
  messages: readonly OutgoingMessage[],
): Promise<ReadonlySet<string>> {
  const results = messages.length === 0 ? [] : await queue.send(messages);
  return collectFailures({ telemetry }, messages, results);
}

/** The same for copies of failed jobs on their way to the dead-letter queue. */
export async function sendDeadLetters(
  { queue, telemetry }: Sender,
  letters: readonly DeadLetter[],
): Promise<ReadonlySet<string>> {
  const results = letters.length === 0 ? [] : await queue.sendDeadLetters(letters);
  return collectFailures({ telemetry }, letters, results);
}

function collectFailures(
  { telemetry }: Pick<Sender, 'telemetry'>,
  sent: readonly { readonly message: { readonly id: string } }[],
  results: Awaited<ReturnType<JobQueue['send']>>,
): ReadonlySet<string> {
  const failed = new Set<string>();
  results.forEach((result, index) => {
    const id = sent[index]?.message.id;
    if (result.kind === 'error' && id !== undefined) {
      failed.add(id);
      telemetry.noticed('SendFailures', { jobId: id, reason: result.error.code, cause: result.error.message });
    }
  });
  return failed;
}
