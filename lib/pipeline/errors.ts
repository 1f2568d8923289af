import type { ValidationIssue } from '../core/index.ts';

/** Why a submit was not accepted; nothing was stored. */
export class SubmitError extends Error {
  override readonly name = 'SubmitError';
  readonly code: 'invalid-input' | 'idempotency-conflict' | 'unavailable' | 'denied';
  readonly issues: readonly ValidationIssue[];

  constructor(
    code: SubmitError['code'],
    message: string,
    options: ErrorOptions & { readonly issues?: readonly ValidationIssue[] } = {},
  ) {
    super(message, options);
    this.code = code;
    this.issues = options.issues ?? [];
  }
}
