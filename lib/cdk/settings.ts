import type { IKey } from 'aws-cdk-lib/aws-kms';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Duration, RemovalPolicy } from 'aws-cdk-lib/core';
import { type AlarmSettings, resolveAlarms } from './alarm-settings.ts';
import type { ApiAuth } from './api-auth.ts';
import type { AsyncEndpointsProps } from './props.ts';
import { resolveWebhooks, type WebhookSettings } from './webhooks.ts';

/** The props with every default filled in and every duration in its unit. Nothing behind it looks at a prop again. */
export interface Settings {
  readonly concurrency: number;
  readonly reserveConcurrency: boolean;
  readonly queueName: string;
  readonly shards: number;
  readonly retentionDays: number;
  readonly dispatchGraceSeconds: number;
  readonly leaseMarginSeconds: number;
  readonly listCompleted: boolean;
  /** Absent for keys that AWS owns. */
  readonly encryptionKey: IKey | undefined;
  readonly removalPolicy: RemovalPolicy;
  readonly deletionProtection: boolean;
  readonly logRetention: RetentionDays;
  readonly outputPrefix: string;
  readonly queue: {
    readonly visibilityTimeoutSeconds: number;
    readonly maxReceiveCount: number;
    readonly retentionSeconds: number;
    readonly deadLetterRetentionSeconds: number;
  };
  readonly consumer: {
    readonly timeoutSeconds: number;
    readonly memorySizeMb: number;
    readonly batchSize: number;
    readonly batchWindowSeconds: number;
    readonly batchConcurrency: number;
    readonly environment: Readonly<Record<string, string>>;
    readonly allowCrashes: boolean;
  };
  readonly producer: {
    readonly timeoutSeconds: number;
    readonly memorySizeMb: number;
    readonly stayAwake: boolean;
    readonly queueDepthCap: number;
  };
  readonly api: ApiSettings | undefined;
  readonly alarms: AlarmSettings | undefined;
  readonly webhooks: WebhookSettings | undefined;
}

export interface ApiSettings {
  /** As the props have it; without it, signatures are asked for. */
  readonly auth: ApiAuth | undefined;
  readonly unsafeLetAnybodyIn: boolean;
  /** An issuer on this machine has no certificate. */
  readonly mayUseHttpIssuer: boolean;
  readonly memorySizeMb: number;
  readonly rateLimit: number;
  readonly burstLimit: number;
}

/** SQS starts to count when a message is received: Lambda may hold it for its window, and try a throttled batch again. */
export const VISIBILITY_TIMEOUTS = 6;

/** Keeps a default that follows other props in its range, so that a wrong prop is reported once and under its own name. */
const clamp = (value: number, least: number, most: number): number => Math.min(Math.max(value, least), most);

const toSeconds = (duration: Duration): number => duration.toSeconds({ integral: false });

/** SQS hides a message for twelve hours at the most. */
export const MAX_VISIBILITY_TIMEOUT_SECONDS = 43_200;

const PRODUCER_TIMEOUT_SECONDS = 60;
/**
 * A producer ends five seconds early, to end well. One that stays awake must last until the next one looks, which ticks a minute
 * later and takes a moment to start; that they overlap does no harm.
 */
const AWAKE_PRODUCER_TIMEOUT_SECONDS = 70;

/** Short of the 120,000 messages that a standard queue has in flight at the most. */
export const MAX_QUEUE_DEPTH_CAP = 100_000;

export function leastVisibilityTimeoutSeconds(consumer: {
  readonly timeoutSeconds: number;
  readonly batchWindowSeconds: number;
}): number {
  return VISIBILITY_TIMEOUTS * consumer.timeoutSeconds + consumer.batchWindowSeconds;
}

/** @param isLocal Synthesized for the local runtime: its producer stays awake and its jobs may crash on request. */
export function resolveSettings(props: AsyncEndpointsProps, isLocal: boolean): Settings {
  const concurrency = props.concurrency ?? 10;
  const consumer = resolveConsumer(props.consumer, isLocal);
  const dispatchGraceSeconds =
    props.dispatchGrace === undefined
      ? clamp(60 + consumer.batchWindowSeconds, 1, 3_600)
      : toSeconds(props.dispatchGrace);
  return {
    concurrency,
    reserveConcurrency: props.reserveConcurrency ?? true,
    queueName: props.queueName ?? 'default',
    shards: props.shards ?? 4,
    retentionDays: (props.retention ?? Duration.days(14)).toDays({ integral: false }),
    dispatchGraceSeconds,
    leaseMarginSeconds: toSeconds(props.leaseMargin ?? Duration.seconds(5)),
    listCompleted: props.listCompleted ?? false,
    encryptionKey: props.encryptionKey,
    removalPolicy: props.removalPolicy ?? RemovalPolicy.RETAIN,
    deletionProtection: props.deletionProtection ?? false,
    logRetention: props.logRetention ?? RetentionDays.ONE_MONTH,
    outputPrefix: props.outputPrefix ?? '',
    queue: resolveQueue(props.queue, consumer),
    consumer,
    producer: resolveProducer(props.producer, isLocal, 10 * concurrency * consumer.batchSize),
    api: resolveApi(props.api, isLocal),
    alarms: resolveAlarms(props.alarms, dispatchGraceSeconds),
    webhooks: resolveWebhooks(props.webhooks, isLocal),
  };
}

function resolveQueue(options: AsyncEndpointsProps['queue'], consumer: Settings['consumer']): Settings['queue'] {
  const { visibilityTimeout } = options ?? {};
  return {
    visibilityTimeoutSeconds:
      visibilityTimeout === undefined
        ? clamp(leastVisibilityTimeoutSeconds(consumer), 1, MAX_VISIBILITY_TIMEOUT_SECONDS)
        : toSeconds(visibilityTimeout),
    maxReceiveCount: options?.maxReceiveCount ?? 5,
    retentionSeconds: toSeconds(options?.retention ?? Duration.days(4)),
    deadLetterRetentionSeconds: toSeconds(options?.deadLetterRetention ?? Duration.days(14)),
  };
}

function resolveConsumer(options: AsyncEndpointsProps['consumer'], isLocal: boolean): Settings['consumer'] {
  const batchSize = options?.batchSize ?? 10;
  return {
    timeoutSeconds: toSeconds(options?.timeout ?? Duration.seconds(60)),
    memorySizeMb: options?.memorySize ?? 512,
    batchSize,
    batchWindowSeconds: toSeconds(options?.batchWindow ?? Duration.seconds(0)),
    batchConcurrency: options?.batchConcurrency ?? clamp(batchSize, 1, 10),
    environment: options?.environment ?? {},
    allowCrashes: options?.allowCrashes ?? isLocal,
  };
}

function resolveProducer(
  options: AsyncEndpointsProps['producer'],
  isLocal: boolean,
  tenRounds: number,
): Settings['producer'] {
  const stayAwake = options?.stayAwake ?? isLocal;
  const timeoutSeconds = stayAwake ? AWAKE_PRODUCER_TIMEOUT_SECONDS : PRODUCER_TIMEOUT_SECONDS;
  return {
    timeoutSeconds: options?.timeout === undefined ? timeoutSeconds : toSeconds(options.timeout),
    memorySizeMb: options?.memorySize ?? 256,
    stayAwake,
    queueDepthCap: options?.queueDepthCap ?? clamp(tenRounds, 1, MAX_QUEUE_DEPTH_CAP),
  };
}

function resolveApi(options: AsyncEndpointsProps['api'], isLocal: boolean): ApiSettings | undefined {
  if (options === false) return undefined;
  return {
    auth: options?.auth,
    unsafeLetAnybodyIn: options?.unsafeLetAnybodyIn ?? false,
    mayUseHttpIssuer: isLocal,
    memorySizeMb: options?.memorySize ?? 512,
    rateLimit: options?.rateLimit ?? 1_000,
    burstLimit: options?.burstLimit ?? 2_000,
  };
}
