import { toPlainText } from '../plain-text.ts';

const MAX_NAME_LENGTH = 100;
const MAX_MESSAGE_LENGTH = 1_000;
const MAX_STACK_LENGTH = 8_000;

/** What is to be known of a thrown value: plain text only, so that whoever keeps or logs it cannot stumble over it. */
export interface ErrorDescription {
  readonly name: string;
  readonly message: string;
  readonly stack?: string;
  /** The literal that tells the errors of this package apart, whichever copy of it they come from. */
  readonly code?: string;
  readonly delaySeconds?: number;
}

/** Reads a thrown value of any kind: nothing, a frozen object, one whose getters throw. Never throws itself. */
export function describeError(error: unknown): ErrorDescription {
  const name = read(error, 'name');
  const message = read(error, 'message');
  const stack = read(error, 'stack');
  const code = read(error, 'code');
  const delaySeconds = read(error, 'delaySeconds');
  return {
    name: toPlainText(isText(name) ? name : 'Error', MAX_NAME_LENGTH),
    message: toPlainText(typeof message === 'string' ? message : toText(error), MAX_MESSAGE_LENGTH),
    ...(isText(stack) ? { stack: toPlainText(stack, MAX_STACK_LENGTH) } : {}),
    ...(isText(code) ? { code: toPlainText(code, MAX_NAME_LENGTH) } : {}),
    ...(typeof delaySeconds === 'number' ? { delaySeconds } : {}),
  };
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
