import { EventSourceMapping, type IFunction } from 'aws-cdk-lib/aws-lambda';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Duration } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { Settings } from './settings.ts';

/**
 * Feeds the consumer from the queue. Not `SqsEventSource`: that one grants actions which nobody uses. Partial failures are
 * reported, without which Lambda deletes every message of a batch that returns.
 */
export function createEventSource(scope: Construct, consumer: IFunction, queue: IQueue, settings: Settings): void {
  const { batchSize, batchWindowSeconds } = settings.consumer;
  new EventSourceMapping(scope, 'EventSource', {
    target: consumer,
    eventSourceArn: queue.queueArn,
    batchSize,
    ...(batchWindowSeconds > 0 ? { maxBatchingWindow: Duration.seconds(batchWindowSeconds) } : {}),
    maxConcurrency: settings.concurrency,
    reportBatchItemFailures: true,
  });
}
