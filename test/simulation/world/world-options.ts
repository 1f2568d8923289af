import type {
  Clock,
  Ids,
  Inbox,
  JobQueue,
  JobStore,
  Logger,
  Policy,
  Random,
  Telemetry,
} from '../../../lib/core/index.ts';
import type { MemoryJobStore } from '../../../lib/memory/index.ts';
import type { FaultName } from '../faults/fault-source.ts';
import type { Plan } from '../faults/plan.ts';
import type { Ledger } from './ledger.ts';
import type { Process } from './process.ts';

/** Everything by which the pipeline reaches the world. */
export interface Ports {
  readonly store: JobStore;
  readonly queue: JobQueue;
  readonly inbox: Inbox;
  readonly clock: Clock;
  readonly random: Random;
  readonly ids: Ids;
  readonly telemetry: Telemetry;
  readonly logger: Logger;
  readonly policy: Policy;
}

/** What broken variants of the system put in the place of what works. */
export interface Alterations {
  /** What a process has in its hands. */
  readonly ports?: (ports: Ports, process: Process) => Ports;
  /** What the table does with a request once it has arrived; it must be done when the call returns. */
  readonly store?: (store: MemoryJobStore) => JobStore;
  readonly policy?: Partial<Policy>;
  /** Messages are deleted when their invocation begins. */
  readonly deletesOnReceive?: boolean;
  /** Which of the messages that the answer of a function allows to delete are kept all the same. */
  readonly keeps?: (jobId: string, world: { readonly ledger: Ledger }) => boolean;
}

export interface WorldOptions {
  readonly seed: number;
  readonly plan: Plan;
  readonly only?: ReadonlySet<FaultName> | undefined;
  readonly keepsTrace?: boolean | undefined;
  readonly keepsOccasions?: boolean | undefined;
  /** Invocations of the consumer at a time. */
  readonly concurrency: number;
  readonly batchConcurrency: number;
  /** Of each function. */
  readonly timeoutMs: number;
  readonly queueDepthCap?: number;
  readonly alterations?: Alterations | undefined;
}
