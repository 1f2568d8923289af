/**
 * The names that the stack, the functions and the clients must agree on. The constructs write them into a template and
 * the functions read them back, so they stand here once.
 */

/** Environment variables of the functions; `<data>/env` and `JobClient.fromEnv()` use the same ones. */
export const ENV = {
  tableName: 'ASYNC_ENDPOINTS_TABLE_NAME',
  queueUrl: 'ASYNC_ENDPOINTS_QUEUE_URL',
  deadLetterQueueUrl: 'ASYNC_ENDPOINTS_DEAD_LETTER_QUEUE_URL',
  /** Name of the logical queue, the first part of every lane. */
  queueName: 'ASYNC_ENDPOINTS_QUEUE_NAME',
  /** Number of shards of the live lane, 1 to 100. May only grow. */
  shards: 'ASYNC_ENDPOINTS_SHARDS',
  /** Days for which a final job is kept, 1 to 3650. */
  retentionDays: 'ASYNC_ENDPOINTS_RETENTION_DAYS',
  /** `true` keeps completed and canceled jobs in a lane of the index, so that they can be listed. */
  listCompleted: 'ASYNC_ENDPOINTS_LIST_COMPLETED',
  /** Seconds for which a sent message may take to be claimed before its job is dispatched again, 1 to 3600. */
  dispatchGraceSeconds: 'ASYNC_ENDPOINTS_DISPATCH_GRACE_SECONDS',
  /** Seconds by which a lease outlives the time at which its handler is ended, 1 to 900. */
  leaseMarginSeconds: 'ASYNC_ENDPOINTS_LEASE_MARGIN_SECONDS',
  /** Producer: `true` keeps polling through the minute instead of ending when idle. */
  stayAwake: 'ASYNC_ENDPOINTS_PRODUCER_STAY_AWAKE',
  /** Producer: messages in the queue above which nothing is sent, new or again. */
  queueDepthCap: 'ASYNC_ENDPOINTS_QUEUE_DEPTH_CAP',
  /** Consumer: handlers that run at the same time inside one batch, 1 to 10000. */
  batchConcurrency: 'ASYNC_ENDPOINTS_BATCH_CONCURRENCY',
  /** Consumer: `true` lets the `sleep` job crash its process on request. Never set when deployed. */
  allowCrashes: 'ASYNC_ENDPOINTS_ALLOW_CRASHES',
  /** Consumer: whom webhooks may reach, as JSON: `{"allowedHosts":[],"allowedAddresses":[],"allowHttp":false}`. */
  webhooks: 'ASYNC_ENDPOINTS_WEBHOOKS',
  /** Consumer: the ARNs of the secrets that sign webhooks, by name, as JSON. */
  webhookSecrets: 'ASYNC_ENDPOINTS_WEBHOOK_SECRETS',
  /** A file of secrets by name, instead of AWS Secrets Manager. The local runtime sets it. */
  secretsFile: 'ASYNC_ENDPOINTS_SECRETS_FILE',
  /** Where crash tests let processes die, as JSON. Heeded on the local runtime only; never in a template. */
  failpoints: 'ASYNC_ENDPOINTS_FAILPOINTS',
} as const;

/** Attributes of the jobs table that the template must name. */
export const TABLE = {
  partitionKey: 'id',
  indexName: 'lane-nextAt-index',
  indexPartitionKey: 'lane',
  indexSortKey: 'nextAt',
  timeToLive: 'expiresAt',
} as const;

/** Context key that the local runtime sets for an app: what it deploys to is this machine. */
export const LOCAL_CONTEXT = 'async-endpoints:local';

/** Metadata of a function in a local template: what its code is bundled of, so that an edited file can be bundled again. */
export const BUNDLE_METADATA = 'async-endpoints:bundle';

/** Keys of the stack's outputs. */
export const OUTPUT = {
  apiUrl: 'ApiUrl',
  tableName: 'TableName',
  queueUrl: 'QueueUrl',
  deadLetterQueueUrl: 'DeadLetterQueueUrl',
} as const;

/**
 * Routes of the HTTP API, in API Gateway's words. The stack creates exactly these, each behind the authorizer, and the
 * API function answers exactly these: a route that stands on one side only is either unreachable or unanswered.
 */
export const ROUTES = ['POST /jobs', 'GET /jobs/{id}'] as const;

/**
 * Detail of the first line of a job's history where whoever submitted it keeps no metrics: the first of the functions that
 * changes the job's status counts the submit too.
 */
export const SUBMITTED_UNCOUNTED = 'sdk';

/** Where the metrics are in CloudWatch. One dimension, the table's name, tells the installations of an account apart. */
export const METRICS = { namespace: 'AsyncEndpoints', dimension: 'TableName' } as const;

/**
 * Every metric that the functions emit, with its unit. The dashboard, the alarms and `docs/operations.md` name them too, and
 * CloudWatch bills each of them, so they are few and have no dimension by job type: the log tells types apart.
 */
export const METRIC_UNITS = {
  JobsSubmitted: 'Count',
  JobsReopened: 'Count',
  JobsCompleted: 'Count',
  JobsFailed: 'Count',
  JobsCanceled: 'Count',
  Failures: 'Count',
  Crashes: 'Count',
  FencedWrites: 'Count',
  DuplicateMessages: 'Count',
  PoisonMessages: 'Count',
  HandedBack: 'Count',
  UnknownTypes: 'Count',
  DepthCapped: 'Count',
  SendFailures: 'Count',
  AbandonedHandlers: 'Count',
  SubmitToStart: 'Milliseconds',
  HandlerDuration: 'Milliseconds',
  OldestDueAge: 'Seconds',
} as const satisfies Readonly<Record<string, 'Count' | 'Milliseconds' | 'Seconds'>>;
export type MetricName = keyof typeof METRIC_UNITS;
