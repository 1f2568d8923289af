import type { ArmedFailpoint, Failpoint } from '../../functions/failpoints.ts';

/** One failpoint, one signal, one of its hits, and a few jobs that meet it. */
export interface Cell {
  readonly at: Failpoint;
  readonly signal: ArmedFailpoint['signal'];
  readonly hit: number;
  readonly jobs: number;
}

/** How the jobs of a cell come and what they do, so that they meet its failpoint, each of them once if nothing dies. */
export interface Plot {
  readonly by: 'api' | 'raw-put';
  readonly type: 'work' | 'fragile';
  readonly does: 'return' | 'throw' | 'give-up' | 'exit';
  readonly times?: number;
  readonly ends: { readonly status: 'completed' } | { readonly status: 'failed'; readonly reason: string };
  /** What is counted of the one job whose process was hit. */
  readonly counts: { readonly attempt: number; readonly failures: number; readonly crashes: number };
  /** Whether a process that wakes up after its lease still tries to write about its run. */
  readonly fenced: boolean;
}

const plain: Plot = {
  by: 'raw-put',
  type: 'work',
  does: 'return',
  ends: { status: 'completed' },
  counts: { attempt: 1, failures: 0, crashes: 0 },
  fenced: false,
};
const submitted: Plot = { ...plain, by: 'api' };
const runTwice: Plot = { ...plain, counts: { attempt: 2, failures: 0, crashes: 1 }, fenced: true };

export const PLOTS: Readonly<Record<Failpoint, Plot>> = {
  'submit.afterPut': submitted,
  'submit.afterSend': submitted,
  'submit.beforeAnswer': submitted,
  'producer.afterWrite': plain,
  'producer.afterSend': plain,
  'producer.afterCopy': {
    ...plain,
    type: 'fragile',
    does: 'exit',
    ends: { status: 'failed', reason: 'crashed' },
    counts: { attempt: 2, failures: 0, crashes: 2 },
  },
  'consumer.beforeClaim': plain,
  'consumer.afterClaim': runTwice,
  'consumer.afterHandler': runTwice,
  'consumer.afterWrite': plain,
  'consumer.afterSend': { ...plain, does: 'throw', times: 1, counts: { attempt: 2, failures: 1, crashes: 0 } },
  'consumer.afterCopy': {
    ...plain,
    does: 'give-up',
    ends: { status: 'failed', reason: 'PermanentError' },
    counts: { attempt: 1, failures: 1, crashes: 0 },
  },
  'consumer.beforeAnswer': plain,
};
