import type { AcceptedWrite, Observer } from '../world/observed.ts';
import type { Process } from '../world/process.ts';
import type { World } from '../world/world.ts';

/** Branches that ordinary courses seldom take, and the scenario that aims at each. A run that reaches none of them proves little. */
export const RARE_BRANCHES = {
  'ended lease of a run that was alone': 'plain',
  'ended lease of runs that shared a process': 'poison',
  'crash budget used up': 'poison',
  'failure budget used up': 'retry-storm',
  'ambiguous claim': 'plain',
  'fenced write': 'stale-writer',
  'two runs of one job at a time': 'stale-writer',
  'handed back for want of time': 'slow-batch',
  'redriven from the dead-letter queue': 'redrive-races-finish',
  'depth cap': 'backlog',
  'dead letter sent again': 'retry-storm',
  'given up by the queue': 'poison',
  'message for a job that had moved on': 'plain',
  'dispatched again': 'plain',
  'send taken back': 'queue-down',
  'postponed to the table': 'scheduled',
  'lease awaited': 'stale-writer',
  'cancel of a running job': 'cancel-races-claim',
  'cancel carried out by the producer': 'cancel-races-claim',
  'interrupted run': 'deploy',
  'unknown type': 'unknown-type',
  'unknown type for too long': 'unknown-type',
  'abandoned handler': 'plain',
  'retried by a person': 'retry-races-finish',
  'another input under a key': 'duplicate-submits',
} as const satisfies Readonly<Record<string, string>>;

export type RareBranch = keyof typeof RARE_BRANCHES;

/** Notes which rare branches a course takes. */
export function watchRareBranches(world: World, reached: Set<RareBranch>): Observer {
  const failedBy = new Map<string, Process | undefined>();
  return {
    onWrite: (write) => {
      const { by, before, after } = write;
      if (after.status === 'failed' && before?.status !== 'failed') {
        failedBy.set(`${after.id}/${after.attempt}`, by);
      }
      for (const branch of branchesOf(write)) {
        reached.add(branch);
      }
      return undefined;
    },
    onStart: ({ jobId, attempt }) => {
      const earlier = world.ledger.runOf(jobId, attempt - 1);
      if (earlier?.ended === undefined && earlier?.process.isAlive === true) {
        reached.add('two runs of one job at a time');
      }
      return undefined;
    },
    onDeadLetter: ({ message }, by) => {
      if (failedBy.get(`${message.id}/${message.dead}`) !== by) {
        reached.add('dead letter sent again');
      }
      return undefined;
    },
    atEnd: () => {
      const { notices } = world.meter;
      const seen = [
        ['fenced write', notices.has('FencedWrites')],
        ['handed back for want of time', notices.has('HandedBack')],
        ['depth cap', notices.has('DepthCapped')],
        ['message for a job that had moved on', notices.has('DuplicateMessages')],
        ['abandoned handler', notices.has('AbandonedHandlers')],
        ['ambiguous claim', world.ambiguousClaims > 0],
        ['another input under a key', world.rejections.some(({ code }) => code === 'idempotency-conflict')],
        ['given up by the queue', world.queue.queue.listDead().some(({ attributes }) => !('reason' in attributes))],
      ] as const;
      for (const [branch] of seen.filter(([, isReached]) => isReached)) {
        reached.add(branch);
      }
      return undefined;
    },
  };
}

function branchesOf({ event, before, after, by }: AcceptedWrite): readonly RareBranch[] {
  switch (event) {
    case 'lease-ended':
      return [
        after.crashes === before?.crashes
          ? 'ended lease of runs that shared a process'
          : 'ended lease of a run that was alone',
        ...(after.status === 'failed' ? (['crash budget used up'] as const) : []),
      ];
    case 'fail':
      return after.status === 'failed' && after.failures >= after.maxAttempts ? ['failure budget used up'] : [];
    case 'dispatch':
      return before?.status === 'dispatched' ? ['dispatched again'] : [];
    case 'unknown-type':
      return [after.status === 'failed' ? 'unknown type for too long' : 'unknown type'];
    case 'cancel':
      return after.status === 'running' ? ['cancel of a running job'] : [];
    case 'honor-cancel':
      return by?.kind === 'producer' ? ['cancel carried out by the producer'] : [];
    case 'send-failed':
      return ['send taken back'];
    case 'postpone':
      return ['postponed to the table'];
    case 'await-lease':
      return ['lease awaited'];
    case 'interrupt':
      return ['interrupted run'];
    case 'redrive':
      return ['redriven from the dead-letter queue'];
    case 'retry':
      return ['retried by a person'];
    default:
      return [];
  }
}
