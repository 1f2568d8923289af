import type { Change, Claim } from './change.ts';
import type { AccessError } from './errors.ts';
import type { Job, RunningJob } from './job.ts';
import type { DeadLetter, OutgoingMessage } from './message.ts';
import type { Stored } from './stored.ts';

/**
 * Where jobs are kept: the only truth. Every method takes many and answers one result for each, in order; one bad entry
 * never spoils the others.
 */
export interface JobStore {
  /** Puts jobs whose ids are new. A put whose answer was lost is recognised by its job's `createdAt` and content. */
  create(jobs: readonly Job[]): Promise<readonly CreateResult[]>;
  /** Strongly consistent. @throws AccessError when the store cannot be read at all */
  read(ids: readonly string[]): Promise<readonly Stored[]>;
  /** Claims jobs that were not read before; a refusal comes with a consistent read of what is there. */
  claim(claims: readonly Claim[]): Promise<readonly ClaimResult[]>;
  /** Writes decided changes; a refusal comes with a consistent read of what is there. */
  write(changes: readonly Change[]): Promise<readonly WriteResult[]>;
  /** One page of the ids in a lane whose `nextAt` is not later than `until`. May lag. @throws AccessError */
  findDue(page: DuePage): Promise<DueIds>;
}

export interface DuePage {
  readonly lane: string;
  readonly until: number;
  readonly limit: number;
  readonly cursor?: string | undefined;
}

export interface DueIds {
  readonly ids: readonly string[];
  /** There may be more: ask again with it. */
  readonly cursor?: string | undefined;
}

export type Unwritten = { readonly kind: 'error'; readonly error: AccessError };

export type CreateResult =
  | { readonly kind: 'created' }
  | { readonly kind: 'exists'; readonly current: Stored }
  | Unwritten;

export type ClaimResult =
  | { readonly kind: 'claimed'; readonly job: RunningJob }
  | { readonly kind: 'refused'; readonly current: Stored }
  | Unwritten;

export type WriteResult =
  | { readonly kind: 'accepted' }
  | { readonly kind: 'refused'; readonly current: Stored }
  | Unwritten;

/** What moves the work. Losing, repeating or reordering messages costs time, never a job. */
export interface JobQueue {
  send(messages: readonly OutgoingMessage[]): Promise<readonly SendResult[]>;
  sendDeadLetters(letters: readonly DeadLetter[]): Promise<readonly SendResult[]>;
  /**
   * Messages that could be received now, roughly. Delayed ones do not count: they keep no consumer busy, and many retries that
   * wait for their time must not keep other jobs from being sent. @throws AccessError
   */
  depth(): Promise<number>;
}

export type SendResult = { readonly kind: 'sent' } | { readonly kind: 'error'; readonly error: AccessError };

/** What the consumer may do with the messages that it was given, beside answering. */
export interface Inbox {
  /** Deletes messages now. Best effort: a message that comes back is recognised as a duplicate. */
  acknowledge(receiptHandles: readonly string[]): Promise<void>;
  /** Makes messages visible at once, for the next receive. Best effort. */
  release(receiptHandles: readonly string[]): Promise<void>;
}

export interface Clock {
  /** Epoch milliseconds. */
  now(): number;
  /** Resolves after the delay, or at once when the signal aborts; never rejects. */
  sleep(delayMs: number, signal?: AbortSignal): Promise<void>;
}

export interface Random {
  /** From 0 (included) to 1 (excluded). */
  next(): number;
}

export interface Ids {
  /** A new job id: 26 characters that sort by time. */
  createId(): string;
  /** A claim's token, unguessable and never repeated. */
  createToken(): string;
  /** A stable digest of a text: 32 characters. */
  digest(text: string): Promise<string>;
}

export interface Logger {
  debug(message: string, fields?: Readonly<Record<string, unknown>>): void;
  info(message: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void;
  error(message: string, fields?: Readonly<Record<string, unknown>>): void;
}

/** What is told to operators. Called for accepted writes only, so that counts add up with the table. */
export interface Telemetry {
  submitted(job: Job): void;
  claimed(job: RunningJob): void;
  /** A change was accepted. */
  accepted(change: Change): void;
  /** Something worth counting that is no transition. */
  noticed(notice: Notice, fields: Readonly<Record<string, unknown>>): void;
}

export type Notice =
  /** A worker that had lost its job tried to write about it. */
  | 'FencedWrites'
  /** A message for a job that had moved on. */
  | 'DuplicateMessages'
  /** A message that names no job, or cannot be read. */
  | 'PoisonMessages'
  /** A job that did not fit into the time left was sent again, uncharged. */
  | 'HandedBack'
  /** A job whose type this consumer does not know. */
  | 'UnknownTypes'
  /** The queue was too long to add to it. */
  | 'DepthCapped'
  /** A message could not be sent; the table brings the job back. */
  | 'SendFailures'
  /** A handler ignored its abort signal past its timeout; the process ends. */
  | 'AbandonedHandlers';
