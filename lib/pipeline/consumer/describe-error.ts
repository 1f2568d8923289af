import { toPlainText } from '../plain-text.ts';

const MAX_NAME_LENGTH = 100;
const MAX_MESSAGE_LENGTH = 1_000;
const MAX_FRAMES_LENGTH = 8_000;

/** As V8 writes them: `    at handler (file:///…/handler.ts:7:9)`. */
const FRAME = /^ {4}at \S.*(?::\d+:\d+|native|<anonymous>|index \d+)\)?$/;

/**
 * What is to be known of a thrown value: plain text only, so that whoever keeps or logs it cannot stumble over it. The message
 * may quote an input (that of `JSON.parse` does), so it belongs to the job and into no log.
 */
export interface ErrorDescription {
  readonly name: string;
  readonly message: string;
  /** Where it was thrown: the end of the stack, without the message that stands above it. */
  readonly frames?: string;
  /** The literal that tells the errors of this package apart, whichever copy of it they come from. */
  readonly code?: string;
  readonly delaySeconds?: number;
}

/** Reads a thrown value of any kind: nothing, a frozen object, one whose getters throw. Never throws itself. */
export function describeError(error: unknown): ErrorDescription {
  const name = read(error, 'name');
  const message = read(error, 'message');
  const frames = framesOf(read(error, 'stack'), typeof message === 'string' ? message : '');
  const code = read(error, 'code');
  const delaySeconds = read(error, 'delaySeconds');
  return {
    name: toPlainText(isText(name) ? name : 'Error', MAX_NAME_LENGTH),
    message: toPlainText(typeof message === 'string' ? message : toText(error), MAX_MESSAGE_LENGTH),
    ...(isText(frames) ? { frames: toPlainText(frames, MAX_FRAMES_LENGTH) } : {}),
    ...(isText(code) ? { code: toPlainText(code, MAX_NAME_LENGTH) } : {}),
    ...(typeof delaySeconds === 'number' ? { delaySeconds } : {}),
  };
}

/**
 * The lines at the end that are frames, behind the message. A message may have been changed since the stack was written, and has as
 * many lines as it likes, so it is cut off by what it is and by what it is not.
 */
function framesOf(stack: unknown, message: string): string | undefined {
  if (!isText(stack)) return undefined;
  const lines = stack.slice(stack.indexOf(message) + message.length).split('\n');
  return lines.slice(lines.findLastIndex((line) => !FRAME.test(line)) + 1).join('\n');
}

function read(value: unknown, property: string): unknown {
  try {
    return typeof value === 'object' && value !== null ? Reflect.get(value, property) : undefined;
  } catch {
    return undefined;
  }
}

function toText(value: unknown): string {
  try {
    return String(value);
  } catch {
    return 'a value that cannot be shown';
  }
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}
