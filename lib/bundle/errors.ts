import type { Message } from 'esbuild';

/** The bundler refused a function's code; the message holds what it said, with file and line. */
export class BundleError extends Error {
  readonly code = 'bundle-failed';
  /** The bundler's own, for who wants to show the lines of code that they are about. */
  readonly messages: readonly Message[];

  constructor(message: string, options: { readonly cause: unknown; readonly messages: readonly Message[] }) {
    super(message, options);
    this.name = 'BundleError';
    this.messages = options.messages;
  }
}
