/**
 * Every kind of fault, where it strikes, and how often at most (a share of the occasions). What a kind does stands where its
 * occasion is: requests in `world/network.ts`, messages in `world/queue-service.ts`, receiving in `world/event-source.ts`, the index in
 * `world/index-view.ts`, processes in `world/process-faults.ts`, clocks in `world/process.ts`, minutes in `world/schedule.ts`.
 */
export const FAULT_KINDS = {
  // One request of a process to the table or the queue.
  /** It never arrives; the client gives up. */
  'request-lost': { at: 'request', maxRate: 0.15 },
  /** It is carried out; the client gives up. */
  'answer-lost': { at: 'request', maxRate: 0.15 },
  /** The client gives up, and it is carried out after that, up to a minute later. */
  'late-landing': { at: 'request', maxRate: 0.1 },
  /** Refused, not carried out. */
  throttled: { at: 'request', maxRate: 0.25 },
  /** Carried out and answered, seconds later. */
  slow: { at: 'request', maxRate: 0.1 },
  /** The client's library tries again after a lost answer: carried out twice, the second answer counts. */
  'sent-twice': { at: 'request', maxRate: 0.1 },
  /** The process ends before it sends the request. */
  'crash-before': { at: 'request', maxRate: 0.03 },
  /** The process ends once the request was carried out. */
  'crash-after': { at: 'request', maxRate: 0.03 },

  // One message of a send.
  /** The one message of a batch is refused. */
  'entry-refused': { at: 'message', maxRate: 0.2 },
  'message-lost': { at: 'message', maxRate: 0.15 },
  'message-doubled': { at: 'message', maxRate: 0.2 },
  /** Up to two minutes late, so behind what was sent after it. */
  'message-delayed': { at: 'message', maxRate: 0.2 },
  /** Its delay is ignored. */
  'message-early': { at: 'message', maxRate: 0.2 },

  // One call of the event source to receive, and what it received.
  /** Refused; nothing happens to the messages. */
  'receive-refused': { at: 'receive-call', maxRate: 0.1 },
  /** Messages are hidden, and nobody gets them. */
  'receive-lost': { at: 'receive', maxRate: 0.05 },
  /** Visible again while their invocation runs. */
  'visible-early': { at: 'receive', maxRate: 0.1 },
  /** No room for the invocation: received, but not invoked. */
  'invoke-throttled': { at: 'receive', maxRate: 0.1 },
  /** The answer of the function is lost: nothing is deleted. */
  'delete-lost': { at: 'receive', maxRate: 0.1 },

  // One process: an invocation of a function, or that of a caller or a person.
  killed: { at: 'invocation', maxRate: 0.05 },
  /** It does nothing more from some moment on, and its time limit ends it. */
  'timed-out': { at: 'invocation', maxRate: 0.05 },
  /** Frozen for up to two minutes, then it goes on as if nothing had happened. */
  paused: { at: 'invocation', maxRate: 0.1 },

  // The clock of one process.
  /** It is wrong by up to a minute. */
  skewed: { at: 'clock', maxRate: 1 },

  // One change of an index entry.
  /** Up to 20 s behind its item. */
  'index-lag': { at: 'index', maxRate: 0.3 },
  /** Gone for up to 20 s. */
  'index-missing': { at: 'index', maxRate: 0.1 },

  // One minute.
  'tick-missing': { at: 'minute', maxRate: 0.2 },
  'tick-doubled': { at: 'minute', maxRate: 0.3 },
  /** The next time that a message is on its way. */
  purged: { at: 'minute', maxRate: 0.3 },
  /** All at once, the next time that two are at work. */
  'consumers-killed': { at: 'minute', maxRate: 0.3 },
} as const satisfies Readonly<Record<string, { readonly at: string; readonly maxRate: number }>>;

export type FaultKind = keyof typeof FAULT_KINDS;
export type Occasion = (typeof FAULT_KINDS)[FaultKind]['at'];

const ALL = Object.keys(FAULT_KINDS) as readonly FaultKind[];

export function kindsAt(occasion: Occasion): readonly FaultKind[] {
  return ALL.filter((kind) => FAULT_KINDS[kind].at === occasion);
}

export function isFaultKind(text: string): text is FaultKind {
  return text in FAULT_KINDS;
}

export const FAULT_NAMES = ALL;

/** The longest that clocks are wrong by, that an index lags, and that a request is still on its way after its client gave up. */
export const MAX_SKEW_MS = 60_000;
export const MAX_INDEX_LAG_MS = 20_000;
export const MAX_LATE_LANDING_MS = 60_000;
