import { FAULT_NAMES, type FaultKind } from '../faults/fault-kinds.ts';
import type { AcceptedWrite, Observer } from '../world/observed.ts';
import type { Process } from '../world/process.ts';
import type { World } from '../world/world.ts';

type Effect = `${FaultKind} to effect`;

/** Each kind of fault must have made a difference somewhere; ordinary courses show it. */
const EFFECTS = Object.fromEntries(FAULT_NAMES.map((kind) => [`${kind} to effect`, 'plain'])) as Readonly<
  Record<Effect, string>
>;

/** Branches that ordinary courses seldom take, and the scenario that aims at each. A run that reaches none of them proves little. */
export const RARE_BRANCHES = {
  'ended lease of a run that was alone': 'plain',
  'ended lease of runs that shared a process': 'poison',
  'crash budget used up': 'poison',
  'failure budget used up': 'retry-storm',
  'run by a claim without an answer': 'plain',
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
  'two runs of one job by wrong clocks alone': 'clock-skew',
  'late landing refused': 'plain',
  'outcome refused for a while': 'table-refuses-writes',
  ...EFFECTS,
} as const satisfies Readonly<Record<string, string>>;

export type RareBranch = keyof typeof RARE_BRANCHES;

/** Notes which rare branches a course takes. */
export function watchRareBranches(world: World, reached: Set<RareBranch>): Observer {
  const { faults, ledger } = world;
  /** Requests that wrote something. */
  const accepted = new Set<string | undefined>();
  /** The requests that claimed, by job and attempt. */
  const claims = new Map<string, string | undefined>();
  const failedBy = new Map<string, Process | undefined>();
  return {
    onWrite: (write) => {
      const { by, before, after } = write;
      accepted.add(faults.landing);
      if (write.event === 'claim') {
        claims.set(`${after.id}/${after.attempt}`, faults.landing);
      }
      if (by !== undefined && by.skewMs !== 0) {
        reached.add('skewed to effect');
      }
      if (after.status === 'failed' && before?.status !== 'failed') {
        failedBy.set(`${after.id}/${after.attempt}`, by);
      }
      for (const branch of branchesOf(write)) {
        reached.add(branch);
      }
      return undefined;
    },
    onStart: ({ jobId, attempt }) => {
      if (faults.struck.includes(`${claims.get(`${jobId}/${attempt}`)}:answer-lost`)) {
        reached.add('run by a claim without an answer');
      }
      const earlier = ledger.runOf(jobId, attempt - 1);
      if (earlier?.ended === undefined && earlier?.process.isAlive === true) {
        reached.add('two runs of one job at a time');
        if (!faults.struck.some((name) => name.startsWith(`${earlier.process.name}/invocation:`))) {
          reached.add('two runs of one job by wrong clocks alone');
        }
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
        ['another input under a key', world.rejections.some(({ code }) => code === 'idempotency-conflict')],
        ['given up by the queue', world.queue.queue.listDead().some(({ attributes }) => !('reason' in attributes))],
      ] as const;
      for (const [branch] of seen.filter(([, isReached]) => isReached)) {
        reached.add(branch);
      }
      for (const name of faults.struck) {
        for (const branch of branchesOfFault(name, accepted)) {
          reached.add(branch);
        }
      }
      for (const kind of faults.effects) {
        reached.add(`${kind} to effect`);
      }
      return undefined;
    },
  };
}

/** What would have been written if they had not struck. */
const NEVER_LANDS: ReadonlySet<FaultKind> = new Set(['request-lost', 'throttled', 'crash-before']);

/** Faults of requests that write; what they came to is told by what was written. */
function branchesOfFault(fault: string, accepted: ReadonlySet<string | undefined>): readonly RareBranch[] {
  const at = fault.lastIndexOf(':');
  const name = fault.slice(0, at);
  const kind = fault.slice(at + 1) as FaultKind;
  if (!/\/(create|claim|write)#/.test(name)) {
    return [];
  }
  if (kind === 'late-landing' && !accepted.has(name)) {
    return ['late landing refused'];
  }
  const isRefusedOutcome = kind === 'throttled' && /^consumer-.*\/write#/.test(name);
  return [
    ...(accepted.has(name) || NEVER_LANDS.has(kind) ? ([`${kind} to effect`] as const) : []),
    ...(isRefusedOutcome ? (['outcome refused for a while'] as const) : []),
  ];
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
