import { codeOf, type DueIds, type DuePage, lanesOf } from '../../core/index.ts';
import { type SendBudget, type SweepPorts, sweepPage } from './sweep-page.ts';

const PAGE_SIZE = 100;

export interface SweepOptions extends SweepPorts {
  /** Messages in the queue above which nothing is sent, new or again: a job that waits in a long queue is not lost. */
  readonly queueDepthCap: number;
  /** Told after each page: what it wrote has been told to operators, and a pass over a long backlog has many. */
  readonly onPage?: (() => void) | undefined;
  /** True while there is time to begin another page. */
  readonly mayGoOn: () => boolean;
}

export interface PassOutcome {
  /** Accepted writes, which is the measure of work; what is skipped is paged past. */
  readonly accepted: number;
  /** The queue is as long as it should be: there may be work that waits for room. */
  readonly capped: boolean;
  /** What the store or the queue did not do, a refused permission before all else. Everything else was done. */
  readonly trouble: unknown;
  /** How long the job that has been due for longest had waited, 0 when none was due; undefined when a lane did not tell. */
  readonly oldestDueAgeMs: number | undefined;
}

interface LaneOutcome {
  readonly accepted: number;
  readonly trouble: unknown;
  readonly oldestDueAgeMs: number | undefined;
}

/**
 * One pass over every shard of the live lane: everything that is due is moved on, page by page. While the queue is full, or
 * does not tell how full it is, each lane gets one page, for what needs no message: a long backlog is not read over and over.
 * Never rejects; one lane's trouble does not stop the others.
 */
export async function sweepLanes(options: SweepOptions): Promise<PassOutcome> {
  const until = options.clock.now();
  const pages = await Promise.all(
    lanesOf('live', options.policy).map(async (lane) => {
      const page: DuePage = { lane, until, limit: PAGE_SIZE };
      return { page, found: await attempt(() => options.store.findDue(page)) };
    }),
  );
  const troubles = pages.flatMap(({ found }) => (found.kind === 'trouble' ? [found.trouble] : []));
  const lanesWithWork = pages.flatMap(({ page, found }) =>
    found.kind === 'done' && found.value.ids.length > 0 ? [{ page, due: found.value }] : [],
  );
  if (lanesWithWork.length === 0) {
    return {
      accepted: 0,
      capped: false,
      trouble: worstOf(troubles),
      oldestDueAgeMs: troubles.length === 0 ? 0 : undefined,
    };
  }
  // Asked for only when there is something to send, so that an idle deployment pays nothing for it.
  const depth = await attempt(() => options.queue.depth());
  const budget: SendBudget = {
    left: depth.kind === 'done' ? Math.max(0, options.queueDepthCap - depth.value) : 0,
    withheld: 0,
  };
  const lanes = await Promise.all(lanesWithWork.map(({ page, due }) => sweepLane(options, page, due, budget)));
  if (depth.kind === 'done' && budget.withheld > 0) {
    options.telemetry.noticed('DepthCapped', { depth: depth.value, cap: options.queueDepthCap });
  }
  return {
    accepted: lanes.reduce((sum, { accepted }) => sum + accepted, 0),
    capped: budget.left === 0,
    trouble: worstOf([
      ...troubles,
      ...(depth.kind === 'trouble' ? [depth.trouble] : []),
      ...lanes.map(({ trouble }) => trouble),
    ]),
    oldestDueAgeMs: troubles.length === 0 ? oldestOf(lanes) : undefined,
  };
}

async function sweepLane(
  options: SweepOptions,
  page: DuePage,
  firstDue: DueIds,
  budget: SendBudget,
): Promise<LaneOutcome> {
  let accepted = 0;
  // A lane is sorted by `nextAt`, not by what jobs wait for, so every page that is read has a say.
  let oldestDueAgeMs: number | undefined;
  try {
    for (let due = firstDue; ; ) {
      const outcome = await sweepPage(options, due.ids, budget);
      options.onPage?.();
      accepted += outcome.accepted;
      oldestDueAgeMs = Math.max(oldestDueAgeMs ?? 0, outcome.oldestDueAgeMs);
      if (outcome.trouble !== undefined || due.cursor === undefined || budget.left === 0 || !options.mayGoOn()) {
        return { accepted, trouble: outcome.trouble, oldestDueAgeMs };
      }
      due = await options.store.findDue({ ...page, cursor: due.cursor });
    }
  } catch (trouble) {
    return { accepted, trouble, oldestDueAgeMs };
  }
}

function oldestOf(lanes: readonly LaneOutcome[]): number | undefined {
  return lanes.reduce<number | undefined>(
    (oldest, { oldestDueAgeMs }) =>
      oldest === undefined || oldestDueAgeMs === undefined ? undefined : Math.max(oldest, oldestDueAgeMs),
    0,
  );
}

type Attempt<Value> =
  | { readonly kind: 'done'; readonly value: Value }
  | { readonly kind: 'trouble'; readonly trouble: unknown };

async function attempt<Value>(access: () => Promise<Value>): Promise<Attempt<Value>> {
  try {
    return { kind: 'done', value: await access() };
  } catch (trouble) {
    return { kind: 'trouble', trouble };
  }
}

function worstOf(troubles: readonly unknown[]): unknown {
  const known = troubles.filter((trouble) => trouble !== undefined);
  return known.find((trouble) => codeOf(trouble) === 'denied') ?? known[0];
}
