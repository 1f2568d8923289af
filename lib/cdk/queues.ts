import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Duration } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { Settings } from './settings.ts';

export interface Queues {
  readonly queue: Queue;
  readonly deadLetterQueue: Queue;
}

/** The queue and its dead-letter queue. Both are transport: losing every message in them costs time, never a job. */
export function createQueues(scope: Construct, { queue, encryptionKey }: Settings): Queues {
  const protection = {
    enforceSSL: true,
    ...(encryptionKey === undefined
      ? { encryption: QueueEncryption.SQS_MANAGED }
      : { encryption: QueueEncryption.KMS, encryptionMasterKey: encryptionKey }),
  };
  const deadLetterQueue = new Queue(scope, 'DeadLetterQueue', {
    ...protection,
    retentionPeriod: Duration.seconds(queue.deadLetterRetentionSeconds),
  });
  return {
    deadLetterQueue,
    queue: new Queue(scope, 'Queue', {
      ...protection,
      visibilityTimeout: Duration.seconds(queue.visibilityTimeoutSeconds),
      retentionPeriod: Duration.seconds(queue.retentionSeconds),
      deadLetterQueue: { queue: deadLetterQueue, maxReceiveCount: queue.maxReceiveCount },
    }),
  };
}
