import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import type { Inbox, Logger } from '../core/index.ts';
import { type BatchResult, type ConsumerPorts, consumeBatch, type Delivery } from '../pipeline/index.ts';

export interface SqsBatchHandlerOptions {
  readonly ports: ConsumerPorts;
  /** Aborted when the process must stop soon. */
  readonly stop: AbortSignal;
  /** Ends the process. Called when a handler lives on against its signal, so that it cannot run beside its own retry. */
  readonly exit: () => void;
}

export type SqsBatchHandler = (
  event: SQSEvent,
  context: Pick<Context, 'getRemainingTimeInMillis'>,
) => Promise<SQSBatchResponse>;

/**
 * The consumer as Lambda calls it: a batch of messages in, the identifiers of those that the queue must keep out. An answer is
 * always well formed: a bad identifier would fail the whole batch, an empty one would delete it all.
 * Source: AWS Lambda, "Handling errors for an SQS event source", ReportBatchItemFailures.
 */
export function createSqsBatchHandler({ ports, stop, exit }: SqsBatchHandlerOptions): SqsBatchHandler {
  return async (event, context) => {
    const deadline = ports.clock.now() + context.getRemainingTimeInMillis();
    const result = await consumeBatch(ports, event.Records.map(toDelivery), { deadline, stop });
    if (result.mustExit) {
      await endProcess({ ...ports, exit }, event.Records, result);
    }
    return { batchItemFailures: result.failedMessageIds.map((itemIdentifier) => ({ itemIdentifier })) };
  };
}

/** The answer of a process that ends is lost, so what is done is deleted from the queue first. */
async function endProcess(
  { inbox, logger, exit }: { readonly inbox: Inbox; readonly logger: Logger; readonly exit: () => void },
  records: readonly SQSRecord[],
  { failedMessageIds }: BatchResult,
): Promise<void> {
  const done = records.filter(({ messageId }) => !failedMessageIds.includes(messageId));
  await inbox.acknowledge(done.map(({ receiptHandle }) => receiptHandle));
  logger.error('A handler ignored its abort signal past its timeout; this process ends so that it cannot go on', {});
  exit();
}

function toDelivery({ messageId, receiptHandle, body, attributes }: SQSRecord): Delivery {
  return { messageId, receiptHandle, body, receiveCount: Number(attributes.ApproximateReceiveCount) || 1 };
}
