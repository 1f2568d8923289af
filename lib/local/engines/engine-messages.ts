import type { AccessPlan, AccessRecord } from '../iam/index.ts';

/** What an engine's process and the runtime say to each other over Node's message channel. */

/** From the process: it listens. */
export interface EngineReady {
  readonly kind: 'ready';
  /** One for each service that the process serves, in the order of its options. */
  readonly ports: readonly number[];
  /** Something worth a line on the terminal. */
  readonly notice?: string;
}

/** From the process: it cannot start, and ends. */
export interface EngineFailed {
  readonly kind: 'failed';
  readonly reason: EngineFailureReason;
  readonly message: string;
  /** With `port-in-use`. */
  readonly port?: number;
}

/** `port-in-use` and `data-in-use` may pass by themselves, when the process of a stack that was killed has yet to end. */
export type EngineFailureReason = 'port-in-use' | 'data-in-use' | 'failed';

/** From the process: the request with this number is carried out. */
export interface EngineDone {
  readonly kind: 'done';
  readonly request: number;
  readonly error?: string;
}

/** From the process: somebody has called for the first time, and was let in or refused. */
export interface EngineAccess {
  readonly kind: 'access';
  readonly record: AccessRecord;
}

export type EngineMessage = EngineReady | EngineFailed | EngineDone | EngineAccess;

/** To a process: who may do what from now on. Answered by {@link EngineDone}. */
export interface SetAccess {
  readonly kind: 'set-access';
  readonly request: number;
  readonly access: AccessPlan;
}

export interface DynamoDbProcessOptions {
  /** 0 takes a free one. */
  readonly port: number;
  /** Where the database lies; absent keeps it in memory. */
  readonly directory?: string;
  /** Absent as long as nobody but the administrator calls. */
  readonly access?: AccessPlan;
}

export interface QueueDefinition {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
}

export interface SqsS3ProcessOptions {
  readonly sqsPort: number;
  readonly s3Port: number;
  /** Exist before the first request is answered. */
  readonly queues: readonly QueueDefinition[];
  /** Absent as long as nobody but the administrator calls. */
  readonly access?: AccessPlan;
}

/** To the SQS process: create these queues too. Answered by {@link EngineDone}. */
export interface CreateQueues {
  readonly kind: 'create-queues';
  readonly request: number;
  readonly queues: readonly QueueDefinition[];
}
