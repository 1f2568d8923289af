import { RemovalPolicy } from 'aws-cdk-lib/core';
import type { JobFolders } from '../bundle/index.ts';
import { type AlarmSettings, DAY_SECONDS } from './alarm-settings.ts';
import { authRules } from './api-auth.ts';
import {
  leastVisibilityTimeoutSeconds,
  MAX_QUEUE_DEPTH_CAP,
  MAX_VISIBILITY_TIMEOUT_SECONDS,
  type Settings,
  VISIBILITY_TIMEOUTS,
} from './settings.ts';
import { webhookRules } from './webhooks.ts';

/** One prop, the value it has in words, and what it must be; `holds` says whether it is. */
interface Rule {
  readonly prop: string;
  readonly value: string;
  readonly must: string;
  readonly holds: boolean;
}

const MAX_RETENTION_SECONDS = 14 * DAY_SECONDS;
/** The consumer keeps three seconds back to record outcomes; with no more than those every job would time out as it starts. */
const LEAST_CONSUMER_TIMEOUT_SECONDS = 5;

/** Every rule that the props break, each naming the prop, its value and the rule. Combinations wait for sound ranges. */
export function findProblems(settings: Settings, jobsDirectory: string, jobs: JobFolders): readonly string[] {
  const ranges = broken([...rangesOf(settings), ...jobsRules(jobsDirectory, jobs)]);
  return ranges.length > 0 ? ranges : broken(combinationsOf(settings));
}

const broken = (rules: readonly Rule[]): readonly string[] =>
  rules.filter(({ holds }) => !holds).map(({ prop, value, must }) => `${prop} is ${value}, but must be ${must}`);

const within = (prop: string, value: number, least: number, most: number, unit = ''): Rule => ({
  prop,
  value: `${value}${unit}`,
  must: `a whole number from ${least} to ${most}${unit}`,
  holds: Number.isInteger(value) && value >= least && value <= most,
});

const matching = (prop: string, value: string, pattern: RegExp, must: string): Rule => ({
  prop,
  value: JSON.stringify(value),
  must,
  holds: pattern.test(value),
});

function rangesOf({ queue, consumer, producer, api, alarms, webhooks, ...settings }: Settings): readonly Rule[] {
  return [
    within('concurrency', settings.concurrency, 2, 1_000),
    within('shards', settings.shards, 1, 100),
    within('retention', settings.retentionDays, 1, 3_650, ' days'),
    within('dispatchGrace', settings.dispatchGraceSeconds, 1, 3_600, ' seconds'),
    within('leaseMargin', settings.leaseMarginSeconds, 2, 900, ' seconds'),
    matching('queueName', settings.queueName, /^[A-Za-z0-9_-]{1,64}$/, '1 to 64 letters, digits, "-" and "_"'),
    matching(
      'outputPrefix',
      settings.outputPrefix,
      /^([A-Za-z][A-Za-z0-9]{0,63})?$/,
      'at most 64 letters and digits, a letter first',
    ),
    within('queue.visibilityTimeout', queue.visibilityTimeoutSeconds, 1, MAX_VISIBILITY_TIMEOUT_SECONDS, ' seconds'),
    within('queue.maxReceiveCount', queue.maxReceiveCount, 1, 1_000),
    within('queue.retention', queue.retentionSeconds, 60, MAX_RETENTION_SECONDS, ' seconds'),
    within('queue.deadLetterRetention', queue.deadLetterRetentionSeconds, 60, MAX_RETENTION_SECONDS, ' seconds'),
    within('consumer.timeout', consumer.timeoutSeconds, LEAST_CONSUMER_TIMEOUT_SECONDS, 900, ' seconds'),
    within('consumer.memorySize', consumer.memorySizeMb, 128, 10_240, ' MB'),
    within('consumer.batchSize', consumer.batchSize, 1, 10_000),
    within('consumer.batchWindow', consumer.batchWindowSeconds, 0, 300, ' seconds'),
    within('consumer.batchConcurrency', consumer.batchConcurrency, 1, 10_000),
    ...Object.keys(consumer.environment).map((name) =>
      matching(
        'consumer.environment',
        name,
        /^(?!ASYNC_ENDPOINTS_|AWS_)[A-Za-z][A-Za-z0-9_]+$/,
        'letters, digits and "_", a letter first, two at least, and not begin with ASYNC_ENDPOINTS_ or AWS_',
      ),
    ),
    within('producer.timeout', producer.timeoutSeconds, 10, 900, ' seconds'),
    within('producer.memorySize', producer.memorySizeMb, 128, 10_240, ' MB'),
    within('producer.queueDepthCap', producer.queueDepthCap, 1, MAX_QUEUE_DEPTH_CAP),
    ...(api === undefined
      ? []
      : [
          within('api.memorySize', api.memorySizeMb, 128, 10_240, ' MB'),
          within('api.rateLimit', api.rateLimit, 1, 10_000, ' requests a second'),
          ...authRules(api.auth, api),
          within('api.burstLimit', api.burstLimit, 1, 5_000, ' requests'),
        ]),
    ...(alarms === undefined ? [] : alarmRanges(alarms)),
    ...webhookRules(webhooks),
  ];
}

function alarmRanges(alarms: AlarmSettings): readonly Rule[] {
  return [
    within('alarms.deadLetters', alarms.deadLetters, 1, 1_000_000),
    within('alarms.dueAge', alarms.dueAgeSeconds, 60, DAY_SECONDS, ' seconds'),
    within('alarms.producerSilence', alarms.producerSilenceMinutes, 2, 60, ' minutes'),
    within('alarms.consumerErrors', alarms.consumerErrors, 1, 1_000_000),
  ];
}

function jobsRules(jobsDirectory: string, jobs: JobFolders): readonly Rule[] {
  const rule = (must: string, holds: boolean): Rule => ({
    prop: 'jobsDirectory',
    value: JSON.stringify(jobsDirectory),
    must,
    holds,
  });
  if (!jobs.exists) {
    return [rule(`a directory with one folder per job type (looked in ${jobs.directory})`, false)];
  }
  return [
    rule('a directory with at least one folder that holds definition.ts and handler.ts', jobs.complete.length > 0),
    ...jobs.incomplete.map(({ name, missing }) =>
      rule(`a directory of complete job types: folder "${name}" has no ${missing}`, false),
    ),
  ];
}

function combinationsOf(settings: Settings): readonly Rule[] {
  const { queue, consumer, dispatchGraceSeconds, removalPolicy, deletionProtection } = settings;
  const leastVisibility = leastVisibilityTimeoutSeconds(consumer);
  const leastRetention = queue.visibilityTimeoutSeconds * queue.maxReceiveCount;
  return [
    {
      prop: 'queue.visibilityTimeout',
      value: `${queue.visibilityTimeoutSeconds} seconds`,
      must: `at least ${leastVisibility} seconds: ${VISIBILITY_TIMEOUTS} × consumer.timeout (${consumer.timeoutSeconds}) + consumer.batchWindow (${consumer.batchWindowSeconds})`,
      holds: queue.visibilityTimeoutSeconds >= leastVisibility,
    },
    {
      prop: 'consumer.batchSize',
      value: String(consumer.batchSize),
      must: 'at most 10 when consumer.batchWindow is 0 seconds: Lambda refuses larger batches without a window',
      holds: consumer.batchSize <= 10 || consumer.batchWindowSeconds > 0,
    },
    {
      prop: 'dispatchGrace',
      value: `${dispatchGraceSeconds} seconds`,
      must: `more than consumer.batchWindow (${consumer.batchWindowSeconds} seconds), or every job is sent again while Lambda fills its batch`,
      holds: dispatchGraceSeconds > consumer.batchWindowSeconds,
    },
    {
      prop: 'queue.retention',
      value: `${queue.retentionSeconds} seconds`,
      must: `less than queue.deadLetterRetention (${queue.deadLetterRetentionSeconds} seconds): a moved message keeps its age and would expire on arrival`,
      holds: queue.retentionSeconds < queue.deadLetterRetentionSeconds,
    },
    {
      prop: 'queue.retention',
      value: `${queue.retentionSeconds} seconds`,
      must: `at least ${leastRetention} seconds: queue.visibilityTimeout (${queue.visibilityTimeoutSeconds}) × queue.maxReceiveCount (${queue.maxReceiveCount}), or messages expire before they reach the dead-letter queue`,
      holds: queue.retentionSeconds >= leastRetention,
    },
    {
      prop: 'deletionProtection',
      value: String(deletionProtection),
      must: 'false when removalPolicy is DESTROY: the one refuses what the other asks for',
      holds: !(deletionProtection && removalPolicy === RemovalPolicy.DESTROY),
    },
  ];
}
