import { codeOf, type DuePage, lanesOf } from '../../core/index.ts';
import { type SendBudget, type SweepPorts, sweepPage } from './sweep-page.ts';

const PAGE_SIZE = 100;

export interface SweepOptions extends SweepPorts {
  /** Messages in the queue above which nothing is sent, new or again: a job that waits in a long queue is not lost. */
  readonly queueDepthCap: number;
  /** True while there is time to begin another page. */
  readonly mayGoOn: () => boolean;
}

/**
 * One pass over every shard of the live lane: everything that is due is moved on, page by page. Returns the number of accepted
 * writes, which is the measure of work; what is skipped is paged past.
 *
 * @throws AccessError or Error when the store or the queue gave trouble, after all that could be done was done.
 */
export async function sweepLanes(options: SweepOptions): Promise<number> {
  const now = options.clock.now();
  const firstPages = await Promise.all(
    lanesOf('live', options.policy).map(async (lane) => {
      const page: DuePage = { lane, until: now, limit: PAGE_SIZE };
      return { page, due: await options.store.findDue(page) };
    }),
  );
  const lanesWithWork = firstPages.filter(({ due }) => due.ids.length > 0);
  if (lanesWithWork.length === 0) {
    return 0;
  }
  // Asked for only when there is something to send, so that an idle deployment pays nothing for it.
  const depth = await options.queue.depth();
  const budget: SendBudget = { left: options.queueDepthCap - depth };
  if (budget.left <= 0) {
    options.telemetry.noticed('DepthCapped', { depth, cap: options.queueDepthCap });
    return 0;
  }
  const outcomes = await Promise.allSettled(
    lanesWithWork.map(({ page, due }) => sweepLane(options, page, due, budget)),
  );
  const troubles = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason as unknown] : []));
  if (troubles.length > 0) {
    throw troubles.find((trouble) => codeOf(trouble) === 'denied') ?? troubles[0];
  }
  return outcomes.reduce((sum, outcome) => sum + (outcome.status === 'fulfilled' ? outcome.value : 0), 0);
}

async function sweepLane(
  options: SweepOptions,
  first: DuePage,
  firstDue: Awaited<ReturnType<SweepOptions['store']['findDue']>>,
  budget: SendBudget,
): Promise<number> {
  let accepted = 0;
  for (let due = firstDue; ; ) {
    const outcome = await sweepPage(options, due.ids, budget);
    accepted += outcome.accepted;
    if (outcome.trouble !== undefined) {
      throw outcome.trouble;
    }
    if (due.cursor === undefined || budget.left <= 0 || !options.mayGoOn()) {
      return accepted;
    }
    due = await options.store.findDue({ ...first, cursor: due.cursor });
  }
}
