import type { QueueDefinition } from '../engines/index.ts';
import type { QueuePlan } from '../template/plan.ts';

export function toQueueDefinition(queue: QueuePlan): QueueDefinition {
  const { redrive, maximumMessageSizeBytes } = queue;
  return {
    name: queue.name,
    attributes: {
      VisibilityTimeout: String(queue.visibilityTimeoutSeconds),
      MessageRetentionPeriod: String(queue.messageRetentionSeconds),
      DelaySeconds: String(queue.delaySeconds),
      ReceiveMessageWaitTimeSeconds: String(queue.receiveMessageWaitSeconds),
      ...(maximumMessageSizeBytes !== undefined && { MaximumMessageSize: String(maximumMessageSizeBytes) }),
      ...(redrive !== undefined && {
        RedrivePolicy: JSON.stringify({
          deadLetterTargetArn: redrive.deadLetterQueueArn,
          maxReceiveCount: redrive.maxReceiveCount,
        }),
      }),
    },
  };
}
