import { describe, expect, test } from 'vitest';
import {
  type Claim,
  canClaim,
  claimedJob,
  DUE_TOLERANCE_MS,
  explainRefusal,
  type Job,
  type Refusal,
  type Stored,
  storedFrom,
} from '../../lib/core/index.ts';
import {
  canceledJob,
  claimOf,
  completedJob,
  dispatchedJob,
  failedJob,
  LIVE_LANE,
  NOW,
  queuedJob,
  runningJob,
} from './sample-jobs.ts';

const LATEST_DUE = NOW + DUE_TOLERANCE_MS;

describe('canClaim', () => {
  test.each<[string, Job, Partial<Claim>]>([
    ['a job whose message arrived', dispatchedJob(), {}],
    ['a job whose message came before the producer', queuedJob(), {}],
    ['a job that is due within the tolerance', dispatchedJob({ dueAt: LATEST_DUE }), {}],
    ['a suspect alone', dispatchedJob({ suspect: true }), { solo: true }],
    ['a job whose time fits exactly', dispatchedJob({ timeoutMs: 5_000 }), { fitMs: 5_000 }],
    ['the first job of an invocation, however long it takes', dispatchedJob({ timeoutMs: 900_000 }), {}],
  ])('allows %s', (_, job, claim) => {
    expect(canClaim(job, claimOf(claim))).toBe(true);
  });

  test.each<[string, Job, Partial<Claim>]>([
    ['a running job', runningJob(), {}],
    ['a running job whose lease has ended: the producer alone ends leases', runningJob({ leaseUntil: NOW - 1 }), {}],
    ['a completed job', completedJob(), {}],
    ['a failed job', failedJob(), {}],
    ['a canceled job', canceledJob(), {}],
    ['a job that is not due', dispatchedJob({ dueAt: LATEST_DUE + 1 }), {}],
    ['a job that is to be canceled', dispatchedJob({ cancelRequested: true }), {}],
    ['a suspect among others', dispatchedJob({ suspect: true }), { solo: false }],
    ['a suspect before the rest of its batch', dispatchedJob({ suspect: true }), { solo: true, suspectsWait: true }],
    ['a job whose time does not fit', dispatchedJob({ timeoutMs: 5_001 }), { fitMs: 5_000 }],
  ])('fails for %s', (_, job, claim) => {
    expect(canClaim(job, claimOf(claim))).toBe(false);
  });
});

describe('claimedJob', () => {
  test('counts the attempt, takes the token and sets the lease; nextAt stays', () => {
    const before = dispatchedJob({ attempt: 2, failures: 1, token: 'token-1', nextAt: NOW + 60_000 });
    const { dispatches: _, ...kept } = before;

    expect(claimedJob(before, claimOf({ solo: true }))).toEqual({
      ...kept,
      status: 'running',
      attempt: 3,
      token: 'token-2',
      solo: true,
      startedAt: NOW,
      leaseUntil: NOW + 30_000 + 5_000,
      nextAt: NOW + 60_000,
      history: [{ status: 'running', at: NOW, attempt: 3 }],
    });
  });

  test('the lease ends with the invocation where that comes first', () => {
    expect(claimedJob(dispatchedJob(), claimOf({ leaseMs: 7_000 })).leaseUntil).toBe(NOW + 7_000 + 5_000);
  });
});

describe('explainRefusal', () => {
  const { dueAt } = dispatchedJob({ dueAt: LATEST_DUE + 1 });
  const incomplete = (job: Job): Stored => ({ ...storedFrom(job), complete: false });
  const malformed: Stored = {
    kind: 'malformed',
    id: 'job-1',
    seen: { status: 'queued', attempt: 0, nextAt: NOW, cancelRequested: undefined },
    problem: 'type is missing',
    readable: { lane: LIVE_LANE },
  };
  const mine = runningJob({ token: 'token-2' });

  test.each<[string, Stored, Refusal, Partial<Claim>?]>([
    ['no job there', { kind: 'absent', id: 'job-1' }, { kind: 'absent' }],
    ['an item that cannot be read', malformed, { kind: 'not-ready' }],
    ['an own claim whose answer was lost', storedFrom(mine), { kind: 'mine', job: mine }],
    ['a run of somebody else', storedFrom(runningJob()), { kind: 'moved-on' }],
    ['a failed job', storedFrom(failedJob()), { kind: 'failed' }],
    ['a completed job', storedFrom(completedJob()), { kind: 'moved-on' }],
    ['a canceled job', storedFrom(canceledJob()), { kind: 'moved-on' }],
    ['a cancel request', storedFrom(queuedJob({ cancelRequested: true })), { kind: 'moved-on' }],
    ['a raw put that the producer has not seen', incomplete(queuedJob()), { kind: 'not-ready' }],
    ['a job that is not due', storedFrom(dispatchedJob({ dueAt })), { kind: 'not-due', dueAt }],
    ['a suspect that is not due', storedFrom(dispatchedJob({ dueAt, suspect: true })), { kind: 'not-due', dueAt }],
    ['a suspect among others', storedFrom(dispatchedJob({ suspect: true })), { kind: 'suspect' }],
    [
      'a suspect before the rest of its batch',
      storedFrom(dispatchedJob({ suspect: true })),
      { kind: 'suspect' },
      { solo: true, suspectsWait: true },
    ],
    ['a suspect without time', storedFrom(dispatchedJob({ suspect: true })), { kind: 'no-time' }, { solo: true }],
    ['too little time', storedFrom(dispatchedJob()), { kind: 'no-time' }, { fitMs: 1 }],
    ['a job that became claimable only now', storedFrom(dispatchedJob()), { kind: 'no-time' }],
  ])('tells %s', (_, stored, refusal, claim = {}) => {
    expect(explainRefusal(stored, claimOf(claim))).toEqual(refusal);
  });
});
