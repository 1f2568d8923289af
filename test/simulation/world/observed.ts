import type { Change, Claim, DeadLetter, EventName, JobFields } from '../../../lib/core/index.ts';
import type { Asked } from './network.ts';
import type { Process } from './process.ts';

/** A write that the table accepted, as seen from the table. */
export interface AcceptedWrite {
  /** True time. */
  readonly at: number;
  /** Undefined for a put past all code. */
  readonly by: Process | undefined;
  readonly event: EventName | 'submit' | 'raw-put';
  readonly change?: Change;
  readonly claim?: Claim;
  readonly before: JobFields | undefined;
  readonly after: JobFields;
}

/** What somebody wants of the process that was started for it. */
export type Wish =
  | { readonly kind: 'submit'; readonly runAt: number | undefined }
  | { readonly kind: 'cancel' | 'retry'; readonly id: string };

/** How a handler came to its end. */
export type HandlerEnd =
  | { readonly how: 'returned'; readonly result: string }
  | { readonly how: 'threw'; readonly error: unknown };

/** One execution of a handler. */
export interface HandlerRun {
  readonly jobId: string;
  readonly attempt: number;
  readonly process: Process;
  readonly startedAt: number;
  ended?: HandlerEnd['how'];
  /** True time. */
  endedAt?: number;
  /** JSON text of what it returned. */
  result?: string;
  /** What it threw. */
  error?: unknown;
  /** Other handlers were under way in its process when that died. */
  diedAmong?: readonly string[];
}

/** A submit that its caller knows to be accepted. */
export interface Acknowledgement {
  readonly jobId: string;
  readonly key: string | undefined;
  /** JSON text. */
  readonly input: string;
}

/** What invariants are told, besides what they can look up in the world. */
export interface Observer {
  /** Each answers what is wrong, or nothing. */
  onWrite?(write: AcceptedWrite): string | undefined;
  /** A process asks something of the table or the queue. */
  onAsked?(asked: Asked): string | undefined;
  /** It hears that there is no answer. */
  onUnanswered?(asked: Asked): string | undefined;
  onStart?(run: HandlerRun): string | undefined;
  onAcknowledged?(acknowledgement: Acknowledgement): string | undefined;
  /** Every message of these jobs in a batch is deleted, because of what its process answered; some had been delivered before. */
  onMessagesDeleted?(
    process: Process,
    jobIds: ReadonlySet<string>,
    deliveredAgain: ReadonlySet<string>,
  ): string | undefined;
  /** Who sent it is not known where it was seen on the wire. */
  onDeadLetter?(letter: DeadLetter, by: Process | undefined): string | undefined;
  /** Everything has come to rest, or the time is up. */
  atEnd?(): string | undefined;
}
