export type StackErrorCode =
  /** Another stack runs on the same data directory. */
  | 'data-in-use'
  | 'data-unusable'
  | 'port-in-use'
  /** `cdk.json` is missing or names no app. */
  | 'app-unknown'
  /** The app ended with an error. */
  | 'synthesis-failed'
  /** The table on disk has other keys or indexes than the template. */
  | 'table-differs'
  /** The template lacks something without which there is nothing to run. */
  | 'template-incomplete'
  /** A function ends, or runs out of time, before it could take an invocation. */
  | 'code-unloadable'
  /** AWS would refuse to make these resources: a role may not do what they need. */
  | 'permission-missing'
  /** Stopped before it was ready. */
  | 'aborted';

/** Why a stack does not run here, in words for the person who started it. */
export class StackError extends Error {
  readonly code: StackErrorCode;

  constructor(code: StackErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'StackError';
    this.code = code;
  }
}
