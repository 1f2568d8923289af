/** What an installation decides about all of its jobs. Times are milliseconds. */
export interface Policy {
  /** First part of every lane. */
  readonly queueName: string;
  /** Shards of the live lane. May only grow. */
  readonly shards: number;
  /** How long a sent message may take to be claimed before the job is dispatched again; doubles each time. */
  readonly dispatchGraceMs: number;
  /** How long a lease outlives the time at which its handler is ended. */
  readonly leaseMarginMs: number;
  /** How long final jobs are kept. */
  readonly retentionMs: number;
  /** Completed and canceled jobs stay in the index, to be listed. Costs one write unit per job. */
  readonly listCompleted: boolean;
}

export const DEFAULT_POLICY: Policy = {
  queueName: 'default',
  shards: 4,
  dispatchGraceMs: 60_000,
  leaseMarginMs: 5_000,
  retentionMs: 14 * 24 * 3_600_000,
  listCompleted: false,
};

/** The longest delay that a queue can keep a message back for; longer waits stay in the table. Source: SQS `DelaySeconds`. */
export const MAX_QUEUE_DELAY_MS = 900_000;
/** The longest that one run may take: no function runs longer. Source: Lambda's timeout. */
export const MAX_TIMEOUT_MS = 900_000;
/**
 * No time is later, so that whatever is added to one can still be counted and told. Source: the range of ECMAScript's time values.
 */
export const LAST_TIME_MS = 8.64e15;
/** A grace stops doubling here. */
export const MAX_DISPATCH_GRACE_MS = 3_600_000;
/** A claim may come this much before the due time: clocks differ. */
export const DUE_TOLERANCE_MS = 2_000;
/** For so long a job of an unknown type is kept waiting for a deploy that knows it. */
export const UNKNOWN_TYPE_PATIENCE_MS = 3_600_000;
