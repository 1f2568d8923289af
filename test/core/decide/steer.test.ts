import { describe, expect, test } from 'vitest';
import { decide, type Job, type JobEvent, MAX_QUEUE_DELAY_MS, storedFrom } from '../../../lib/core/index.ts';
import {
  COMPLETED_LANE,
  CONTEXT,
  canceledJob,
  completedJob,
  dispatchedJob,
  EXPIRES_AT,
  expectChange,
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
const change = (job: Job, event: JobEvent, context = CONTEXT): Planned =>
  expectChange(decide(storedFrom(job), event, context));

const malformed = {
  kind: 'malformed',
  id: 'job-1',
  seen: { status: 'failed', attempt: 1, nextAt: NOW, cancelRequested: undefined },
  problem: 'type is missing',
  readable: { status: 'failed' },
} as const;

describe('refusals', () => {
  test.each<[JobEvent, Job, string]>([
    [{ name: 'cancel' }, completedJob(), 'wrong-status'],
    [{ name: 'cancel' }, failedJob(), 'wrong-status'],
    [{ name: 'cancel' }, canceledJob(), 'wrong-status'],
    [{ name: 'cancel' }, runningJob({ cancelRequested: true }), 'already-requested'],
    [{ name: 'retry' }, queuedJob(), 'wrong-status'],
    [{ name: 'retry' }, dispatchedJob(), 'wrong-status'],
    [{ name: 'retry' }, runningJob(), 'wrong-status'],
    [{ name: 'retry' }, completedJob(), 'wrong-status'],
    [{ name: 'redrive', attempt: 1 }, runningJob(), 'wrong-status'],
    [{ name: 'redrive', attempt: 1 }, completedJob(), 'wrong-status'],
    [{ name: 'redrive', attempt: 1 }, canceledJob(), 'wrong-status'],
    [{ name: 'redrive', attempt: 1 }, failedJob({ attempt: 2 }), 'other-attempt'],
    [{ name: 'postpone' }, runningJob({ dueAt: FAR }), 'wrong-status'],
    [{ name: 'postpone' }, failedJob({ dueAt: FAR }), 'wrong-status'],
    [{ name: 'postpone' }, dispatchedJob({ dueAt: FAR - 1 }), 'not-yet'],
    [{ name: 'send-failed' }, queuedJob(), 'wrong-status'],
    [{ name: 'send-failed' }, runningJob(), 'wrong-status'],
    [{ name: 'complete', result: '1' }, dispatchedJob(), 'wrong-status'],
    [{ name: 'interrupt' }, completedJob(), 'wrong-status'],
  ])('%o of %o', (event, job, reason) => {
    expect(decide(storedFrom(job), event, CONTEXT)).toEqual({ kind: 'refused', reason });
  });

  test.each<JobEvent>([{ name: 'cancel' }, { name: 'retry' }, { name: 'interrupt' }])(
    'nothing but the producer touches an item that cannot be read: $name',
    (event) => {
      expect(decide(malformed, event, CONTEXT)).toEqual({ kind: 'refused', reason: 'wrong-status' });
    },
  );
});

describe('cancel', () => {
  test.each([queuedJob({ token: 't', attempt: 1 }), dispatchedJob({ unknownTypeSince: NOW })])(
    'stops a job at once that nobody runs: $status',
    (job) => {
      const planned = change(job, { name: 'cancel' });

      expect(summarize(planned)).toMatchObject({
        event: 'cancel',
        set: { status: 'canceled', finishedAt: NOW, expiresAt: EXPIRES_AT },
        send: undefined,
        deadLetter: undefined,
      });
      expect(planned.change.guard).toEqual({ kind: 'as-read', seen: storedFrom(job).seen });
      expect(planned.change.remove).toEqual(expect.arrayContaining(['lane', 'nextAt']));
    },
  );

  test('leaves the token, by which a worker tells that its own outcome had landed before', () => {
    expect(change(dispatchedJob({ token: 't', attempt: 1 }), { name: 'cancel' }).change.after.token).toBe('t');
  });

  test('keeps a canceled job in the index where such jobs are listed', () => {
    expect(change(queuedJob(), { name: 'cancel' }, LISTING).change).toMatchObject({
      set: { lane: COMPLETED_LANE, nextAt: NOW },
      remove: [],
    });
  });

  test('of a running job is a request', () => {
    expect(summarize(change(runningJob(), { name: 'cancel' }))).toEqual({
      event: 'cancel',
      from: 'running',
      to: 'running',
      set: {
        cancelRequested: true,
        history: [{ status: 'running', at: NOW, attempt: 1, detail: 'cancel-requested' }],
      },
      remove: [],
      send: undefined,
      deadLetter: undefined,
    });
  });
});

describe('re-opening', () => {
  const used = failedJob({
    attempt: 7,
    failures: 3,
    crashes: 2,
    suspect: true,
    progress: '99',
    token: 't',
    dueAt: NOW - 60_000,
  });

  test('a retry resets the budgets and the suspicion, never the attempt', () => {
    const planned = change(used, { name: 'retry' });
    const { suspect, error, progress, finishedAt, expiresAt, ...kept } = used;

    expect(planned.change.after).toEqual({
      ...kept,
      status: 'dispatched',
      failures: 0,
      crashes: 0,
      dueAt: NOW,
      dispatches: 1,
      lane: LIVE_LANE,
      nextAt: NOW + 60_000,
      history: [{ status: 'dispatched', at: NOW, attempt: 7, detail: 'retry' }],
    });
    expect(planned.change.guard).toEqual({ kind: 'as-read', seen: storedFrom(used).seen });
    expect(planned.send).toEqual({ delayMs: 0 });
  });

  test('a retry re-opens a canceled job too', () => {
    expect(summarize(change(canceledJob(), { name: 'retry' }))).toMatchObject({
      from: 'canceled',
      to: 'dispatched',
      set: { lane: LIVE_LANE, nextAt: NOW + 60_000 },
      remove: ['finishedAt', 'expiresAt'],
    });
  });

  test('a redrive does the same, on condition that the job is still failed in that attempt', () => {
    const planned = change(used, { name: 'redrive', attempt: 7 });

    expect(planned.change.guard).toEqual({ kind: 'dead-letter', attempt: 7 });
    expect(planned.change.after).toMatchObject({ status: 'dispatched', failures: 0, crashes: 0, attempt: 7 });
    expect(planned.change.after.history.at(-1)).toMatchObject({ detail: 'redrive' });
  });

  test('a redrive writes the place in the index, whatever was read', () => {
    const { set } = change(failedJob({ lane: LIVE_LANE, nextAt: NOW }), { name: 'redrive', attempt: 1 }).change;

    expect(set).toMatchObject({ lane: LIVE_LANE, nextAt: NOW + 60_000 });
  });

  test('a redrive names everything unwanted: the job may differ from what was read', () => {
    expect(change(failedJob(), { name: 'redrive', attempt: 1 }).change.remove).toEqual(
      expect.arrayContaining(['suspect', 'error', 'progress', 'finishedAt', 'expiresAt', 'result', 'leaseUntil']),
    );
  });
});

describe('postpone', () => {
  test('moves a job that is due far ahead back into the table', () => {
    expect(summarize(change(dispatchedJob({ dueAt: FAR }), { name: 'postpone' }))).toMatchObject({
      event: 'postpone',
      to: 'queued',
      set: { status: 'queued', nextAt: FAR },
      remove: ['dispatches'],
      send: undefined,
    });
    expect(summarize(change(queuedJob({ dueAt: FAR }), { name: 'postpone' }))).toMatchObject({ set: { nextAt: FAR } });
  });
});

describe('send-failed', () => {
  test.each([
    [1, 0],
    [3, 2],
    [0, 0],
  ])('has the job looked at at once, and does not count the message: %i', (before, dispatches) => {
    expect(
      summarize(change(dispatchedJob({ dispatches: before, nextAt: NOW + 60_000 }), { name: 'send-failed' })),
    ).toEqual({
      event: 'send-failed',
      from: 'dispatched',
      to: 'dispatched',
      set: { dispatches, nextAt: NOW },
      remove: [],
      send: undefined,
      deadLetter: undefined,
    });
  });

  test('takes one message for sent where nothing is said', () => {
    const { dispatches: _, ...job } = dispatchedJob();

    expect(change(job, { name: 'send-failed' }).change.set).toEqual({ dispatches: 0, nextAt: NOW });
  });
});
