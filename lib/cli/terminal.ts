/** What a command needs of the process that it runs in. */
export interface Terminal {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly workingDirectory: string;
  /** Results. One call, one line or block. */
  readonly print: (text: string) => void;
  /** Progress, logs and errors. */
  readonly report: (text: string) => void;
  /** Ends the process at once, whatever still runs. */
  readonly exit: (code: number) => void;
}

/** Exit codes that scripts rely on. */
export const EXIT = { fine: 0, failed: 1, wrongUsage: 2 } as const;
