/**
 * What a message says: look at this job. It carries no content that could go stale.
 */
export interface JobMessage {
  readonly id: string;
  /** A dead letter: the job had failed in this attempt. Re-opens it if that is still so. */
  readonly dead?: number;
  /** How often the job was handed back without having been started, or its message sent again because it came too early. */
  readonly back?: number;
}

/** A message to be sent. */
export interface OutgoingMessage {
  readonly message: JobMessage;
  /** 0 to 900,000, rounded up to whole seconds. */
  readonly delayMs: number;
  readonly group?: string;
}

/** The copy of a failed job for the dead-letter queue, with the reason beside it. */
export interface DeadLetter {
  readonly message: JobMessage & { readonly dead: number };
  readonly type: string;
  readonly reason: string;
  readonly detail: string;
}

const VERSION = 1;

/** The body of a message: JSON in ASCII, since queues refuse some characters. */
export function encodeMessage(message: JobMessage): string {
  return JSON.stringify({ v: VERSION, ...message }).replaceAll(
    /[\u007f-\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** The message in a body, or undefined for a body that is none of ours. */
export function parseMessage(body: string): JobMessage | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    return undefined;
  }
  if (typeof parsed !== 'object' || parsed === null || !('v' in parsed) || parsed.v !== VERSION) {
    return undefined;
  }
  const id = 'id' in parsed ? parsed.id : undefined;
  const dead = 'dead' in parsed ? parsed.dead : undefined;
  const back = 'back' in parsed ? parsed.back : undefined;
  if (typeof id !== 'string' || id === '' || !isCountOrAbsent(dead) || !isCountOrAbsent(back)) {
    return undefined;
  }
  return { id, ...(dead === undefined ? {} : { dead }), ...(back === undefined ? {} : { back }) };
}

function isCountOrAbsent(value: unknown): value is number | undefined {
  return value === undefined || (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0);
}
