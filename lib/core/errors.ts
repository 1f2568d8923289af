/** A job definition, an option or a setting that cannot work, found before anything ran. */
export class InvalidDefinitionError extends Error {
  override readonly name = 'InvalidDefinitionError';
  readonly code = 'invalid-definition';
}

/** Thrown by a handler: trying again cannot help, so the job is `failed` at once. */
export class PermanentError extends Error {
  override readonly name: string = 'PermanentError';
  readonly code = 'permanent';
}

/** Thrown by a handler: try again after the delay it chose (seconds, 0 to a year). Counts as a failure. */
export class RetryLater extends Error {
  override readonly name: string = 'RetryLater';
  readonly code = 'retry-later';
  readonly delaySeconds: number;

  constructor(message: string, options: ErrorOptions & { readonly delaySeconds: number }) {
    super(message, options);
    this.delaySeconds = options.delaySeconds;
  }
}

export type AccessErrorCode =
  /** Throttled, timed out or not reachable: it may work later. */
  | 'unavailable'
  /** The caller's permissions do not allow it: trying again cannot help. */
  | 'denied'
  /** This one item or message cannot be written as it is. */
  | 'invalid';

/** The store or the queue could not do what was asked; `code` tells what to make of it. */
export class AccessError extends Error {
  override readonly name = 'AccessError';
  readonly code: AccessErrorCode;

  constructor(code: AccessErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** The code of an error that came from anywhere, even from another copy of this package. */
export function codeOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
}
