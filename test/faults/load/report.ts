/** What one kind of load came to. It has passed when there are no problems. */
export interface Report {
  readonly lines: readonly string[];
  readonly problems: readonly string[];
}

/** Tells how far a measurement is. */
export type Say = (text: string) => void;
