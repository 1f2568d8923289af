import {
  type CanceledJob,
  type Change,
  type Claim,
  type CompletedJob,
  DEFAULT_POLICY,
  type Decision,
  type DecisionContext,
  type DispatchedJob,
  type FailedJob,
  laneOf,
  type QueuedJob,
  type RunningJob,
} from '../../lib/core/index.ts';

/** The moment at which the tests decide. */
export const NOW = 1_700_000_000_000;
export const CONTEXT: DecisionContext = { now: NOW, policy: DEFAULT_POLICY };
export const LISTING: DecisionContext = { now: NOW, policy: { ...DEFAULT_POLICY, listCompleted: true } };

const ID = 'job-1';
export const LIVE_LANE = laneOf(ID, 'live', DEFAULT_POLICY);
export const FAILED_LANE = laneOf(ID, 'failed', DEFAULT_POLICY);
export const COMPLETED_LANE = laneOf(ID, 'completed', DEFAULT_POLICY);
export const EXPIRES_AT = NOW + DEFAULT_POLICY.retentionMs;

const BASE = {
  id: ID,
  type: 'sleep',
  input: '{"seconds":1}',
  attempt: 0,
  failures: 0,
  crashes: 0,
  maxAttempts: 3,
  maxCrashes: 2,
  timeoutMs: 30_000,
  createdAt: NOW - 10_000,
  dueAt: NOW - 10_000,
  history: [],
} as const;

export const queuedJob = (fields: Partial<QueuedJob> = {}): QueuedJob => ({
  ...BASE,
  status: 'queued',
  lane: LIVE_LANE,
  nextAt: NOW,
  ...fields,
});

export const dispatchedJob = (fields: Partial<DispatchedJob> = {}): DispatchedJob => ({
  ...BASE,
  status: 'dispatched',
  lane: LIVE_LANE,
  nextAt: NOW,
  dispatches: 1,
  ...fields,
});

export const runningJob = (fields: Partial<RunningJob> = {}): RunningJob => ({
  ...BASE,
  status: 'running',
  attempt: 1,
  lane: LIVE_LANE,
  nextAt: NOW,
  token: 'token-1',
  solo: false,
  startedAt: NOW - 1_000,
  leaseUntil: NOW + 30_000,
  ...fields,
});

const ENDED = { ...BASE, attempt: 1, startedAt: NOW - 2_000, finishedAt: NOW - 1_000, expiresAt: EXPIRES_AT } as const;

export const completedJob = (fields: Partial<CompletedJob> = {}): CompletedJob => ({
  ...ENDED,
  status: 'completed',
  result: '{"slept":1}',
  ...fields,
});

export const failedJob = (fields: Partial<FailedJob> = {}): FailedJob => ({
  ...ENDED,
  status: 'failed',
  failures: 3,
  lane: FAILED_LANE,
  nextAt: NOW - 1_000,
  error: { name: 'Error', message: 'no luck', attempt: 1, at: NOW - 1_000 },
  ...fields,
});

export const canceledJob = (fields: Partial<CanceledJob> = {}): CanceledJob => ({
  ...ENDED,
  status: 'canceled',
  ...fields,
});

export const claimOf = (fields: Partial<Claim> = {}): Claim => ({
  id: ID,
  token: 'token-2',
  now: NOW,
  solo: false,
  fitMs: undefined,
  leaseMarginMs: 5_000,
  ...fields,
});

export type Planned = Extract<Decision, { kind: 'change' }>;

/** The decision as a change, or a failed test. */
export function expectChange(decision: Decision): Planned {
  if (decision.kind === 'refused') {
    throw new Error(`Expected a change, got a refusal: ${decision.reason}.`);
  }
  return decision;
}

/** The parts of a change that tables of tests compare. */
export function summarize({ change, send, deadLetter }: Planned): Readonly<Record<string, unknown>> {
  const { event, from, after, set, remove } = change satisfies Change;
  return { event, from, to: after.status, set, remove, send, deadLetter };
}
