import type { QueuePlan } from './plan.ts';
import type { PropertyReader } from './property-reader.ts';

interface Identity {
  readonly name: string;
  readonly arn: string;
  readonly url: string;
}

const DAY_SECONDS = 86_400;

const readRedrive = (properties: PropertyReader): QueuePlan['redrive'] => {
  const policy = properties.optionalObject('RedrivePolicy');
  if (policy === undefined) return undefined;
  return {
    deadLetterQueueArn: policy.string('deadLetterTargetArn'),
    maxReceiveCount: policy.integer('maxReceiveCount', { min: 1, max: 1_000 }),
  };
};

/** Where a property is absent the queue has SQS's own default. */
export const planQueue = (properties: PropertyReader, identity: Identity): QueuePlan => {
  properties.withoutLocalEffect(
    'KmsDataKeyReusePeriodSeconds',
    'QueueName',
    'RedriveAllowPolicy',
    'SqsManagedSseEnabled',
    'Tags',
  );
  const maximumMessageSizeBytes = properties.optionalInteger('MaximumMessageSize', { min: 1_024, max: 1_048_576 });
  const redrive = readRedrive(properties);
  return {
    logicalId: properties.resource.logicalId,
    ...identity,
    visibilityTimeoutSeconds: properties.optionalInteger('VisibilityTimeout', { min: 0, max: 43_200 }) ?? 30,
    messageRetentionSeconds:
      properties.optionalInteger('MessageRetentionPeriod', { min: 60, max: 14 * DAY_SECONDS }) ?? 4 * DAY_SECONDS,
    delaySeconds: properties.optionalInteger('DelaySeconds', { min: 0, max: 900 }) ?? 0,
    receiveMessageWaitSeconds: properties.optionalInteger('ReceiveMessageWaitTimeSeconds', { min: 0, max: 20 }) ?? 0,
    ...(maximumMessageSizeBytes === undefined ? {} : { maximumMessageSizeBytes }),
    ...(redrive === undefined ? {} : { redrive }),
  };
};
