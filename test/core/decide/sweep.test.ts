import { describe, expect, test } from 'vitest';
import {
  decide,
  type Job,
  MAX_DISPATCH_GRACE_MS,
  MAX_QUEUE_DELAY_MS,
  PLAIN_DEFAULTS,
  parseStored,
  type StoredJob,
  storedFrom,
} from '../../../lib/core/index.ts';
import {
  COMPLETED_LANE,
  CONTEXT,
  canceledJob,
  completedJob,
  dispatchedJob,
  EXPIRES_AT,
  expectChange,
  FAILED_LANE,
  failedJob,
  LISTING,
  LIVE_LANE,
  NOW,
  type Planned,
  queuedJob,
  runningJob,
  summarize,
} from '../sample-jobs.ts';

const FAR = NOW + MAX_QUEUE_DELAY_MS + 1;
const entry = (status: Job['status'], attempt: number, detail?: string) => ({
  status,
  at: NOW,
  attempt,
  ...(detail === undefined ? {} : { detail }),
});

const sweep = (job: Job, context = CONTEXT): Planned =>
  expectChange(decide(storedFrom(job), { name: 'sweep' }, context));

describe('a job that is due', () => {
  test('is dispatched: the change first, its message second', () => {
    expect(summarize(sweep(queuedJob()))).toEqual({
      event: 'dispatch',
      from: 'queued',
      to: 'dispatched',
      set: { status: 'dispatched', dispatches: 1, nextAt: NOW + 60_000, history: [entry('dispatched', 0)] },
      remove: [],
      send: { delayMs: 0 },
      deadLetter: undefined,
    });
  });

  test('is written on condition that nothing happened since it was read', () => {
    const stored: StoredJob = {
      ...storedFrom(queuedJob()),
      seen: { status: 'queued', attempt: 0n, nextAt: 5, cancelRequested: 7 },
    };

    expect(expectChange(decide(stored, { name: 'sweep' }, CONTEXT)).change.guard).toEqual({
      kind: 'as-read',
      seen: stored.seen,
    });
  });

  test.each([
    [1, 2, 120_000],
    [2, 3, 240_000],
    [5, 6, 1_920_000],
    [6, 7, MAX_DISPATCH_GRACE_MS],
    [5_000, 5_001, MAX_DISPATCH_GRACE_MS],
    [2 ** 53 - 1, 2 ** 53 - 1, MAX_DISPATCH_GRACE_MS],
    [0, 1, 60_000],
    [undefined, 2, 120_000],
  ])('is dispatched again after %s messages, with twice the grace', (before, dispatches, graceMs) => {
    const { dispatches: _, ...job } = dispatchedJob();

    expect(summarize(sweep({ ...job, ...(before === undefined ? {} : { dispatches: before }) }))).toEqual({
      event: 'dispatch',
      from: 'dispatched',
      to: 'dispatched',
      set: { dispatches, nextAt: NOW + graceMs },
      remove: [],
      send: { delayMs: 0 },
      deadLetter: undefined,
    });
  });

  test('rides on the queue when its time comes within the reach of the queue', () => {
    expect(summarize(sweep(queuedJob({ dueAt: NOW + 5_000 })))).toMatchObject({
      event: 'dispatch',
      set: { nextAt: NOW + 65_000 },
      send: { delayMs: 5_000 },
    });
  });

  test.each([
    ['queued', queuedJob({ dueAt: FAR }), { nextAt: FAR }, []],
    [
      'dispatched',
      dispatchedJob({ dueAt: FAR }),
      { status: 'queued', nextAt: FAR, history: [entry('queued', 0)] },
      ['dispatches'],
    ],
  ])('waits in the table when its time is beyond that: %s', (from, job, set, remove) => {
    expect(summarize(sweep(job))).toEqual({
      event: 'postpone',
      from,
      to: 'queued',
      set,
      remove,
      send: undefined,
      deadLetter: undefined,
    });
  });

  test.each([queuedJob({ cancelRequested: true }), dispatchedJob({ cancelRequested: true, token: 't' })])(
    'is canceled when somebody asked for it: $status',
    (job) => {
      const { after, event } = sweep(job).change;

      expect(event).toBe('honor-cancel');
      expect(after).toMatchObject({ status: 'canceled', finishedAt: NOW, expiresAt: EXPIRES_AT });
      expect(Object.keys(after)).not.toContain('nextAt');
    },
  );

  test('of a raw put is written whole, but for its input', () => {
    const raw = { type: 'sleep', status: 'queued', input: { seconds: 1 }, lane: LIVE_LANE, nextAt: NOW, result: '1' };
    const { change, send } = expectChange(
      decide(parseStored('job-1', raw, PLAIN_DEFAULTS), { name: 'sweep' }, CONTEXT),
    );

    expect(change.set).toEqual({
      type: 'sleep',
      status: 'dispatched',
      attempt: 0,
      failures: 0,
      crashes: 0,
      maxAttempts: 5,
      maxCrashes: 2,
      timeoutMs: 30_000,
      createdAt: NOW,
      dueAt: NOW,
      lane: LIVE_LANE,
      nextAt: NOW + 60_000,
      dispatches: 1,
      history: [entry('dispatched', 0)],
    });
    expect(change.remove).toContain('result');
    expect(change.remove).not.toContain('input');
    expect(send).toEqual({ delayMs: 0 });
  });
});

describe('a job that is not due', () => {
  test.each([queuedJob(), dispatchedJob(), runningJob({ leaseUntil: NOW })])('is left alone: $status', (job) => {
    const stored = storedFrom({ ...job, nextAt: NOW + 1 });

    expect(decide(stored, { name: 'sweep' }, CONTEXT)).toEqual({ kind: 'refused', reason: 'not-yet' });
  });
});

describe('a running job', () => {
  test.each([runningJob(), runningJob({ cancelRequested: true })])(
    'whose lease runs is looked at again when that ends',
    (job) => {
      expect(summarize(sweep(job))).toEqual({
        event: 'await-lease',
        from: 'running',
        to: 'running',
        set: { nextAt: NOW + 30_000 },
        remove: [],
        send: undefined,
        deadLetter: undefined,
      });
    },
  );

  test('among others becomes suspect when its lease ended, and is charged nothing', () => {
    expect(summarize(sweep(runningJob({ leaseUntil: NOW, crashes: 1 })))).toEqual({
      event: 'lease-ended',
      from: 'running',
      to: 'dispatched',
      set: {
        status: 'dispatched',
        crashes: 1,
        suspect: true,
        dispatches: 1,
        nextAt: NOW + 60_000,
        history: [entry('dispatched', 1, 'suspect')],
      },
      remove: ['leaseUntil', 'solo', 'token'],
      send: { delayMs: 0 },
      deadLetter: undefined,
    });
  });

  test('alone is charged with a crash when its lease ended', () => {
    const { after } = sweep(runningJob({ leaseUntil: NOW, solo: true, suspect: true })).change;

    expect(after).toMatchObject({ status: 'dispatched', crashes: 1, failures: 0, attempt: 1, suspect: true });
    expect(after.history).toEqual([entry('dispatched', 1, 'crashed')]);
  });

  test('alone has no more crashes than can be counted', () => {
    const { after } = sweep(runningJob({ leaseUntil: NOW, solo: true, crashes: 2 ** 53 - 1 })).change;

    expect(after).toMatchObject({ status: 'failed', crashes: 2 ** 53 - 1 });
  });

  test('alone whose crashes are used up is failed, with a copy for the dead-letter queue', () => {
    const message = 'The run ended without a word 2 times: out of memory, process exit or time-out of the function.';

    expect(summarize(sweep(runningJob({ leaseUntil: NOW, solo: true, crashes: 1 })))).toEqual({
      event: 'lease-ended',
      from: 'running',
      to: 'failed',
      set: {
        status: 'failed',
        crashes: 2,
        error: { name: 'crashed', message, attempt: 1, at: NOW },
        finishedAt: NOW,
        expiresAt: EXPIRES_AT,
        lane: FAILED_LANE,
        nextAt: NOW,
        history: [entry('failed', 1, 'crashed')],
      },
      remove: ['leaseUntil', 'solo', 'token'],
      send: undefined,
      deadLetter: { reason: 'crashed', detail: message },
    });
  });

  test.each([true, false])('that is to be canceled is canceled when its lease ended, solo: %s', (solo) => {
    const job = runningJob({ leaseUntil: NOW, solo, crashes: 1, cancelRequested: true });

    expect(summarize(sweep(job))).toEqual({
      event: 'honor-cancel',
      from: 'running',
      to: 'canceled',
      set: { status: 'canceled', finishedAt: NOW, expiresAt: EXPIRES_AT, history: [entry('canceled', 1)] },
      remove: ['leaseUntil', 'solo', 'cancelRequested', 'token', 'lane', 'nextAt'],
      send: undefined,
      deadLetter: undefined,
    });
  });
});

describe('a final job', () => {
  test.each([completedJob(), failedJob(), canceledJob(), completedJob({ lane: COMPLETED_LANE, nextAt: NOW })])(
    'is left where it is: $status',
    (job) => {
      expect(decide(storedFrom(job), { name: 'sweep' }, CONTEXT)).toEqual({ kind: 'refused', reason: 'wrong-status' });
    },
  );

  test.each([
    ['unlisted', completedJob(), CONTEXT, {}, ['lane', 'nextAt']],
    ['unlisted', canceledJob(), CONTEXT, {}, ['lane', 'nextAt']],
    ['listed', completedJob(), LISTING, { lane: COMPLETED_LANE, nextAt: NOW - 1_000 }, []],
    ['listed', failedJob(), CONTEXT, { lane: FAILED_LANE, nextAt: NOW - 1_000 }, []],
  ])('leaves the live lane that somebody put it into: %s %o', (_, job, context, set, remove) => {
    const before: Job = { ...job, lane: LIVE_LANE, nextAt: NOW };

    expect(summarize(sweep(before, context))).toEqual({
      event: 'move-lane',
      from: job.status,
      to: job.status,
      set,
      remove,
      send: undefined,
      deadLetter: undefined,
    });
  });
});
