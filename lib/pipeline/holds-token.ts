import type { Stored } from '../core/index.ts';

/** Whether a person's word is in a job's history. A write whose answer was lost is refused when it is tried again; its line is there. */
export function holdsToken(current: Stored, token: string): boolean {
  return current.kind === 'job' && current.job.history.some((line) => line.token === token);
}
