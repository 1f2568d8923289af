import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Duration, RemovalPolicy } from 'aws-cdk-lib/core';
import type { AlarmOptions } from './alarm-options.ts';
import type { ApiOptions } from './api-options.ts';
import type { WebhookOptions } from './webhook-options.ts';

/** Props of `AsyncEndpoints`. Only `jobsDirectory` must be given. */
export interface AsyncEndpointsProps {
  /**
   * Directory with one folder per job type, each holding `definition.ts` and `handler.ts` (or `.js`). Relative to the
   * directory that `cdk` runs in.
   */
  readonly jobsDirectory: string;

  /**
   * Consumer invocations that may run at the same time, 2 to 1000. It is the event source's `maxConcurrency` and, unless
   * `reserveConcurrency` is off, the function's reserved concurrency: with reserved concurrency alone the pollers would
   * receive messages that nobody can run, until those end in the dead-letter queue.
   *
   * @default 10
   */
  readonly concurrency?: number;

  /**
   * Takes the consumer's concurrency out of the account's quota, so that nothing else can use it up. Turn it off in an
   * account whose quota is too small (new ones have 10 or 50 in all): a deploy fails when too little stays unreserved.
   *
   * @default true
   */
  readonly reserveConcurrency?: boolean;

  /**
   * Name of the logical queue, the first part of every lane in the index: 1 to 64 letters, digits, `-` and `_`.
   * Jobs of another name are not seen.
   *
   * @default 'default'
   */
  readonly queueName?: string;

  /**
   * Shards of the index, 1 to 100. One shard takes about 1,000 writes a second. The number may grow from deploy to deploy,
   * never shrink: jobs in a shard that is gone are not found.
   *
   * @default 4
   */
  readonly shards?: number;

  /**
   * How long final jobs are kept: 1 to 3650 whole days.
   *
   * @default Duration.days(14)
   */
  readonly retention?: Duration;

  /**
   * How long a sent message may take to be claimed before its job is sent again: 1 second to 1 hour, more than
   * `consumer.batchWindow`. It doubles with every time.
   *
   * @default - 60 seconds and `consumer.batchWindow`
   */
  readonly dispatchGrace?: Duration;

  /**
   * How long a lease outlives the moment at which its run is ended, 2 to 900 seconds: room for recording the outcome, and
   * for clocks that differ, by as much as a claim tolerates at least.
   *
   * @default Duration.seconds(5)
   */
  readonly leaseMargin?: Duration;

  /**
   * Keeps completed and canceled jobs in the index, so that they can be listed. Costs one write unit per job.
   *
   * @default false
   */
  readonly listCompleted?: boolean;

  /**
   * A key of your own that encrypts the table, both queues and the logs, each request to it at KMS's price. The functions, and whoever
   * is given `connect` or `grantSubmit`, may use it through DynamoDB and SQS only. Symmetric, of this region, and the key itself
   * instead of an alias. CloudWatch Logs is let in by the key's own policy, which is extended here; that of an imported key must do so
   * already: `docs/security.md`.
   *
   * @default - keys that AWS owns, which cost nothing
   */
  readonly encryptionKey?: IKey;

  /**
   * What becomes of the jobs table and the log groups when they are removed from the stack or the stack is deleted.
   *
   * @default RemovalPolicy.RETAIN
   */
  readonly removalPolicy?: RemovalPolicy;

  /**
   * Refuses every deletion of the table, also from the console, until it is turned off. Contradicts `RemovalPolicy.DESTROY`.
   *
   * @default false
   */
  readonly deletionProtection?: boolean;

  /**
   * How long log events of the functions and the API are kept.
   *
   * @default RetentionDays.ONE_MONTH
   */
  readonly logRetention?: RetentionDays;

  /**
   * Put before the names of the stack's outputs (`ApiUrl`, `TableName`, `QueueUrl`, `DeadLetterQueueUrl`): letters and
   * digits, a letter first. A second `AsyncEndpoints` in one stack needs it.
   *
   * @default ''
   */
  readonly outputPrefix?: string;

  /** @default - the defaults of `QueueOptions` */
  readonly queue?: QueueOptions;

  /** @default - the defaults of `ConsumerOptions` */
  readonly consumer?: ConsumerOptions;

  /** @default - the defaults of `ProducerOptions` */
  readonly producer?: ProducerOptions;

  /**
   * `false` leaves the HTTP API and its function out; jobs are then submitted with the SDK.
   *
   * @default - an API with the defaults of `ApiOptions`
   */
  readonly api?: ApiOptions | false;

  /**
   * Who is called when jobs fail, wait or nobody looks for them, and from when on. `false` leaves the alarms out.
   *
   * @default - alarms with the defaults of `AlarmOptions`, which call nobody
   */
  readonly alarms?: AlarmOptions | false;

  /**
   * Whom `deliver-webhook` jobs may reach, and the secrets that sign them.
   *
   * @default - nobody: every webhook fails at once
   */
  readonly webhooks?: WebhookOptions;
}

/** The queue that carries the work and its dead-letter queue. */
export interface QueueOptions {
  /**
   * How long a received message stays invisible: 6 × `consumer.timeout` + `consumer.batchWindow` up to 12 hours. Less
   * and a message comes back while Lambda still holds it.
   *
   * @default - 6 × consumer.timeout + consumer.batchWindow
   */
  readonly visibilityTimeout?: Duration;

  /**
   * Receives after which a message without an outcome moves to the dead-letter queue, 1 to 1000. Lambda's own throttling
   * counts as receives, so AWS advises 5 at the least.
   *
   * @default 5
   */
  readonly maxReceiveCount?: number;

  /**
   * How long the queue keeps a message, 1 minute to 14 days: at least `visibilityTimeout` × `maxReceiveCount`, and less
   * than `deadLetterRetention`. No job depends on it; the table brings back what the queue forgets.
   *
   * @default Duration.days(4)
   */
  readonly retention?: Duration;

  /**
   * How long the dead-letter queue keeps a message, counted from the day it was first sent, up to 14 days: more than
   * `retention`, or messages expire on arrival.
   *
   * @default Duration.days(14)
   */
  readonly deadLetterRetention?: Duration;
}

/** The function that runs the jobs, and how messages reach it. */
export interface ConsumerOptions {
  /**
   * The time one invocation may take, 5 to 900 seconds; the last three are kept for recording outcomes. A job whose own
   * timeout is longer than the rest is ended by it.
   *
   * @default Duration.seconds(60)
   */
  readonly timeout?: Duration;

  /**
   * Memory in MB, 128 to 10240; the share of CPU grows with it.
   *
   * @default 512
   */
  readonly memorySize?: number;

  /**
   * Messages in one invocation, 1 to 10000; above 10 a `batchWindow` is needed.
   *
   * @default 10
   */
  readonly batchSize?: number;

  /**
   * How long Lambda waits to fill a batch, 0 to 300 seconds.
   *
   * @default Duration.seconds(0)
   */
  readonly batchWindow?: Duration;

  /**
   * Handlers that run at the same time inside one batch, 1 to 10000.
   *
   * @default - batchSize, at most 10
   */
  readonly batchConcurrency?: number;

  /**
   * Variables for the handlers. Names that begin with `ASYNC_ENDPOINTS_` or `AWS_` are taken.
   *
   * @default - none
   */
  readonly environment?: Readonly<Record<string, string>>;

  /**
   * Lets the `sleep` job throw and end its process on request. For the local runtime and for test stacks only: whoever
   * may submit could then end consumers at will.
   *
   * @default false, true under the local runtime
   */
  readonly allowCrashes?: boolean;
}

/** The function that finds jobs that are due, once a minute. */
export interface ProducerOptions {
  /**
   * The time one invocation may take, 10 to 900 seconds. Invocations may overlap. It ends five seconds early, so with
   * `stayAwake` less than 65 seconds leave a gap before the next minute's.
   *
   * @default Duration.seconds(60), 70 with `stayAwake`
   */
  readonly timeout?: Duration;

  /**
   * Memory in MB, 128 to 10240.
   *
   * @default 256
   */
  readonly memorySize?: number;

  /**
   * Keeps looking through the whole minute instead of ending when there is nothing to do. For those who put jobs into
   * the table themselves and want them started within seconds; it is paid for by the second.
   *
   * @default false, true under the local runtime
   */
  readonly stayAwake?: boolean;

  /**
   * Messages waiting in the queue above which nothing is sent, 1 to 100000: a job in a long queue is not lost, and
   * sending it again costs money.
   *
   * @default - 10 × concurrency × consumer.batchSize, at most 100000
   */
  readonly queueDepthCap?: number;
}
