/** What a command needs of the process that it runs in. */
export interface Terminal {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly workingDirectory: string;
  /** Results. One call, one line or block. */
  readonly print: (text: string) => void;
  /** Whether `report` goes to somebody who sees colours. */
  readonly colors: boolean;
  /** Progress, logs and errors. */
  readonly report: (text: string) => void;
  /** Ends the process at once, whatever still runs. */
  readonly exit: (code: number) => void;
}

/** On a terminal only, and never where somebody has asked for none: see no-color.org. */
export const wantsColors = (
  environment: Readonly<Record<string, string | undefined>>,
  { isTerminal }: { readonly isTerminal: boolean },
): boolean => isTerminal && !environment['NO_COLOR'] && environment['TERM'] !== 'dumb';

/** Exit codes that scripts rely on. */
export const EXIT = { fine: 0, failed: 1, wrongUsage: 2 } as const;
