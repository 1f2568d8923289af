/** The command line cannot be understood. Exit code 2. */
export class UsageError extends Error {
  readonly code = 'usage';

  constructor(message: string) {
    super(message);
    this.name = 'UsageError';
  }
}

/** What Node says of arguments that it cannot parse: the first sentence names the argument; the others explain how it parses. */
export function toUsageError(error: unknown): UsageError {
  return new UsageError(
    error instanceof Error ? `${error.message.split(/\.\s/)[0]?.replace(/\.$/, '')}.` : String(error),
  );
}

/** Errors of ours say all there is to say in their message; of any other one the place where it came from is worth having. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) {
    return String(error);
  }
  return 'code' in error ? error.message : (error.stack ?? error.message);
}
