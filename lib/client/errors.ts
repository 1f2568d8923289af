import { AccessError } from '../core/index.ts';
import type { JobView } from './typed-job.ts';

/** Why a job could not be looked up or waited for. What goes wrong with a submit is a `SubmitError`. */
export class JobClientError extends Error {
  override readonly name = 'JobClientError';
  readonly code: 'unavailable' | 'denied' | 'not-found' | 'timeout';
  /** With `timeout`: the job as it was seen last. */
  readonly job: JobView | undefined;

  constructor(
    code: JobClientError['code'],
    message: string,
    options: ErrorOptions & { readonly job?: JobView | undefined } = {},
  ) {
    super(message, options);
    this.code = code;
    this.job = options.job;
  }
}

/** What a store's refusal means to whoever called the client; anything else is not ours to explain. */
export function toClientError(error: unknown): unknown {
  if (!(error instanceof AccessError) || error.code === 'invalid') {
    return error;
  }
  return new JobClientError(error.code, error.message, { cause: error });
}
