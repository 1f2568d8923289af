import type { Inbox, JobQueue } from '../../../lib/core/index.ts';

export interface Received {
  readonly receiptHandle: string;
  readonly body: string;
  readonly receiveCount: number;
}

export interface Dead {
  readonly body: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** A queue whose messages go to its dead-letter queue after two receives, with what the suite needs beside the port. */
export interface QueueUnderTest {
  readonly queue: JobQueue & Inbox;
  /** What can be received now, up to ten; hidden for long. */
  readonly receive: () => Promise<readonly Received[]>;
  /** The same, once there is something; lets up to three seconds pass. */
  readonly receiveSoon: () => Promise<readonly Received[]>;
  readonly receiveDead: () => Promise<readonly Dead[]>;
}

export interface QueueEngine {
  /** A new queue, empty. */
  readonly createQueue: () => Promise<QueueUnderTest>;
  readonly close: () => Promise<void>;
}
