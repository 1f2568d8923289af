import type { RunningCommand } from '../command.ts';

/** What one kind of load came to. It has passed when there are no problems. */
export interface Report {
  readonly lines: readonly string[];
  readonly problems: readonly string[];
}

/** A measurement under way. */
export interface Measurement extends RunningCommand {
  readonly say: (text: string) => void;
}
