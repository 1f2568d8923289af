/** The command line cannot be understood. Exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
  readonly code = 'usage';
}

/** @throws UsageError in the place of any error, with its message */
export function withUsage<Result>(read: () => Result): Result {
  try {
    return read();
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

/** Seeds are mixed as 32-bit numbers, so larger ones would repeat smaller ones. */
export const LARGEST_SEED = 2 ** 32 - 1;

/** @throws UsageError */
export function toWhole(
  option: string,
  text: string,
  { least, most }: { readonly least: number; readonly most: number },
): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < least || value > most) {
    throw new UsageError(`Expected ${option} to be a whole number from ${least} to ${most}, got "${text}".`);
  }
  return value;
}

/** Ends the process with exit code 2 and a message, if the command line cannot be understood. */
export function orExit<Result>(parse: () => Result): Result {
  try {
    return parse();
  } catch (error) {
    if (!(error instanceof UsageError)) {
      throw error;
    }
    console.error(error.message);
    process.exit(2);
  }
}
