import type {
  Clock,
  Ids,
  Inbox,
  JobHandler,
  JobQueue,
  JobStore,
  Logger,
  Policy,
  Random,
  Telemetry,
} from '../../core/index.ts';

export interface ConsumerPorts {
  readonly store: JobStore;
  readonly queue: JobQueue;
  readonly inbox: Inbox;
  readonly clock: Clock;
  readonly random: Random;
  readonly ids: Ids;
  readonly telemetry: Telemetry;
  readonly logger: Logger;
  readonly policy: Policy;
  readonly handlers: ReadonlyMap<string, JobHandler>;
  /** Handlers that run at the same time inside one batch. */
  readonly batchConcurrency: number;
}

/** A message as the queue delivered it. */
export interface Delivery {
  readonly messageId: string;
  readonly receiptHandle: string;
  readonly body: string;
  /** How often it has been delivered, this time included. */
  readonly receiveCount: number;
}

export interface Invocation {
  /** When the process is ended, epoch milliseconds. */
  readonly deadline: number;
  /** Aborted when the process must stop soon: handlers are told, nothing new starts. */
  readonly stop?: AbortSignal | undefined;
}

/** Time kept back at the end of an invocation to record outcomes and answer. */
export const STOP_MARGIN_MS = 3_000;
/** How long an aborted handler may take to come to its end before it counts as ignoring its signal. */
export const ABORT_GRACE_MS = 1_000;
/** The same when the process is asked to stop; the local runtime waits ten seconds, so this leaves time to record. */
export const STOP_GRACE_MS = 8_000;
