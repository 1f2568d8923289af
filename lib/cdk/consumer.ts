import { EventSourceMapping, type Function as LambdaFunction, RecursiveLoop } from 'aws-cdk-lib/aws-lambda';
import { Duration } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { consumerEnvironment } from './environment.ts';
import { createFunction, type Installation } from './functions.ts';
import { createWebhookAccess } from './webhooks.ts';

/** The function that runs jobs, and the event source that feeds it from the queue. */
export function createConsumer(scope: Construct, installation: Installation): LambdaFunction {
  const { consumer, concurrency, reserveConcurrency } = installation.settings;
  const webhooks = createWebhookAccess(scope, installation.settings.webhooks);
  const created = createFunction(scope, installation, {
    name: 'consumer',
    description: 'Runs jobs',
    timeoutSeconds: consumer.timeoutSeconds,
    memorySizeMb: consumer.memorySizeMb,
    environment: { ...consumerEnvironment(installation.settings), ...webhooks.environment },
    statements: webhooks.statements,
    options: {
      ...(reserveConcurrency ? { reservedConcurrentExecutions: concurrency } : {}),
      // It sends retries to the queue that feeds it, which Lambda would stop after some rounds as a loop gone wild. The
      // budgets in the table bound every loop.
      recursiveLoop: RecursiveLoop.ALLOW,
    },
  });
  createEventSource(scope, installation, created);
  return created;
}

/**
 * Not `SqsEventSource`: that one grants actions which nobody uses. Partial failures are reported, without which Lambda
 * deletes every message of a batch that returns.
 */
function createEventSource(scope: Construct, { settings, resources }: Installation, target: LambdaFunction): void {
  const { batchSize, batchWindowSeconds } = settings.consumer;
  new EventSourceMapping(scope, 'EventSource', {
    target,
    eventSourceArn: resources.queues.queue.queueArn,
    batchSize,
    ...(batchWindowSeconds > 0 ? { maxBatchingWindow: Duration.seconds(batchWindowSeconds) } : {}),
    maxConcurrency: settings.concurrency,
    reportBatchItemFailures: true,
  });
}
