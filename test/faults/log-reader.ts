import { isFinal, type Status } from '../../lib/core/index.ts';

interface LogLine {
  readonly jobId?: string;
  readonly notice?: string;
  readonly event?: string;
  readonly from?: string;
  readonly to?: Status;
}

/** What the functions told about jobs in their log. */
export interface LogReader {
  readonly read: (text: string) => void;
  /** How often a job was told to have ended, by id. */
  readonly endings: ReadonlyMap<string, number>;
  /** Writes about these jobs that the fence refused; about all without ids. */
  readonly countFenced: (ids?: readonly string[]) => number;
}

export function createLogReader(): LogReader {
  const endings = new Map<string, number>();
  const fenced = new Map<string, number>();
  const count = (counts: Map<string, number>, id: string): unknown => counts.set(id, (counts.get(id) ?? 0) + 1);
  return {
    endings,
    countFenced: (ids = [...fenced.keys()]) => ids.reduce((sum, id) => sum + (fenced.get(id) ?? 0), 0),
    read: (text) => {
      const line = parse(text);
      if (line?.jobId === undefined) return;
      const { jobId, notice, event, from, to } = line;
      if (notice === 'FencedWrites') count(fenced, jobId);
      if (from !== undefined && to !== undefined && isFinal(to) && event !== 'move-lane') count(endings, jobId);
    },
  };
}

/** The last line of a process that was killed may be half of one. */
function parse(text: string): LogLine | undefined {
  try {
    return text.startsWith('{') ? (JSON.parse(text) as LogLine) : undefined;
  } catch {
    return undefined;
  }
}
