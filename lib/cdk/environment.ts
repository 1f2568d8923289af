import { ENV } from '../core/names.ts';
import type { Resources } from './permissions.ts';
import type { Settings } from './settings.ts';

type Environment = Readonly<Record<string, string>>;

/** What everybody needs who submits, finds or runs jobs. */
export function sharedEnvironment({ storage, queues }: Resources, settings: Settings): Environment {
  return {
    [ENV.tableName]: storage.table.tableName,
    [ENV.queueUrl]: queues.queue.queueUrl,
    [ENV.deadLetterQueueUrl]: queues.deadLetterQueue.queueUrl,
    [ENV.queueName]: settings.queueName,
    [ENV.shards]: String(settings.shards),
    [ENV.retentionDays]: String(settings.retentionDays),
    [ENV.dispatchGraceSeconds]: String(settings.dispatchGraceSeconds),
    [ENV.leaseMarginSeconds]: String(settings.leaseMarginSeconds),
    [ENV.listCompleted]: String(settings.listCompleted),
  };
}

export function producerEnvironment({ producer }: Settings): Environment {
  return {
    [ENV.stayAwake]: String(producer.stayAwake),
    [ENV.queueDepthCap]: String(producer.queueDepthCap),
  };
}

export function consumerEnvironment({ consumer }: Settings): Environment {
  return {
    ...consumer.environment,
    [ENV.batchConcurrency]: String(consumer.batchConcurrency),
    // Absent, not `false`: what must never be set when deployed is better not to be found in a template at all.
    ...(consumer.allowCrashes ? { [ENV.allowCrashes]: 'true' } : {}),
  };
}
