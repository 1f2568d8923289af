import { describe, expect, test } from 'vitest';
import {
  decide,
  type JobEvent,
  MAX_QUEUE_DELAY_MS,
  type RunningJob,
  storedFrom,
  UNKNOWN_TYPE_PATIENCE_MS,
} from '../../../lib/core/index.ts';
import {
  COMPLETED_LANE,
  CONTEXT,
  EXPIRES_AT,
  expectChange,
  FAILED_LANE,
  LISTING,
  LIVE_LANE,
  NOW,
  type Planned,
  runningJob,
  summarize,
} from '../sample-jobs.ts';

const settle = (job: RunningJob, event: JobEvent, context = CONTEXT): Planned =>
  expectChange(decide(storedFrom(job), event, context));

const error = { name: 'TypeError', message: 'no luck' };
const fail = (fields: { permanent?: boolean; delayMs?: number } = {}): JobEvent => ({
  name: 'fail',
  error,
  permanent: false,
  delayMs: 3_000,
  ...fields,
});
const JOB_ERROR = { ...error, attempt: 1, at: NOW };
const OUTCOMES: readonly JobEvent[] = [
  fail(),
  fail({ permanent: true }),
  { name: 'unknown-type', delayMs: 5_000 },
  { name: 'interrupt' },
];

describe('the fence', () => {
  test.each<[JobEvent, boolean]>([
    [{ name: 'progress', value: '1' }, false],
    [{ name: 'complete', result: '1' }, false],
    ...OUTCOMES.map((event): [JobEvent, boolean] => [event, true]),
  ])('%o is written by the run itself, and gives way to a cancel request: %s', (event, unlessCancelRequested) => {
    expect(settle(runningJob({ attempt: 4 }), event).change.guard).toEqual({
      kind: 'own-run',
      attempt: 4,
      token: 'token-1',
      unlessCancelRequested,
    });
  });
});

describe('complete', () => {
  test('keeps the result; what came to the item since the claim goes too', () => {
    const job = runningJob({ error: JOB_ERROR, unknownTypeSince: NOW });

    expect(summarize(settle(job, { name: 'complete', result: '5', progress: '100' }))).toEqual({
      event: 'complete',
      from: 'running',
      to: 'completed',
      set: {
        status: 'completed',
        result: '5',
        progress: '100',
        finishedAt: NOW,
        expiresAt: EXPIRES_AT,
        history: [{ status: 'completed', at: NOW, attempt: 1 }],
      },
      remove: ['dispatches', 'leaseUntil', 'solo', 'cancelRequested', 'unknownTypeSince', 'error', 'lane', 'nextAt'],
      send: undefined,
      deadLetter: undefined,
    });
  });

  test('wins over a cancel request', () => {
    const { after } = settle(runningJob({ cancelRequested: true }), { name: 'complete', result: '5' }).change;

    expect(after).toMatchObject({ status: 'completed', result: '5', token: 'token-1' });
    expect(after).not.toHaveProperty('cancelRequested');
  });

  test('keeps the job in the index where such jobs are listed', () => {
    const { change } = settle(runningJob(), { name: 'complete', result: '5' }, LISTING);

    expect(change.set).toMatchObject({ lane: COMPLETED_LANE, nextAt: NOW });
    expect(change.remove).not.toContain('lane');
  });

  test('expires at a whole second', () => {
    const { after } = settle(runningJob(), { name: 'complete', result: '5' }, { ...CONTEXT, now: NOW + 1 }).change;

    expect(after).toMatchObject({ finishedAt: NOW + 1, expiresAt: EXPIRES_AT + 1_000 });
  });
});

describe('fail', () => {
  test('counts the failure and goes round by the queue when the delay is short', () => {
    expect(summarize(settle(runningJob({ unknownTypeSince: NOW }), fail()))).toEqual({
      event: 'fail',
      from: 'running',
      to: 'dispatched',
      set: {
        status: 'dispatched',
        failures: 1,
        error: JOB_ERROR,
        dueAt: NOW + 3_000,
        nextAt: NOW + 63_000,
        dispatches: 1,
        history: [{ status: 'dispatched', at: NOW, attempt: 1, detail: 'TypeError' }],
      },
      remove: ['leaseUntil', 'solo', 'result', 'finishedAt', 'expiresAt', 'unknownTypeSince'],
      send: { delayMs: 3_000 },
      deadLetter: undefined,
    });
  });

  test.each([
    [MAX_QUEUE_DELAY_MS, 'dispatched', { delayMs: MAX_QUEUE_DELAY_MS }],
    [MAX_QUEUE_DELAY_MS + 1, 'queued', undefined],
  ])('after a delay of %i ms is %s', (delayMs, status, send) => {
    const planned = settle(runningJob(), fail({ delayMs }));

    expect(planned.change.after).toMatchObject({ status, dueAt: NOW + delayMs, token: 'token-1' });
    expect(planned.send).toEqual(send);
  });

  test.each([
    ['the failures are used up', runningJob({ failures: 2 }), fail(), 3],
    ['trying again cannot help', runningJob(), fail({ permanent: true }), 1],
    ['nobody can count further', runningJob({ failures: 2 ** 53 - 1 }), fail(), 2 ** 53 - 1],
  ])('is the end, with a copy for the dead-letter queue, when %s', (_, job, event, failures) => {
    const planned = settle(job, event);

    expect(planned.change.after).toMatchObject({
      status: 'failed',
      failures,
      crashes: 0,
      error: JOB_ERROR,
      finishedAt: NOW,
      expiresAt: EXPIRES_AT,
      lane: FAILED_LANE,
      nextAt: NOW,
      token: 'token-1',
      history: [{ status: 'failed', at: NOW, attempt: 1, detail: 'TypeError' }],
    });
    expect(planned.deadLetter).toEqual({ reason: 'TypeError', detail: 'no luck' });
    expect(planned.send).toBeUndefined();
  });
});

describe('unknown-type', () => {
  test('begins now for a raw put that dates it in the future', () => {
    const job = runningJob({ unknownTypeSince: NOW + 1_000_000_000 });
    const { after } = settle(job, { name: 'unknown-type', delayMs: 5_000 }).change;
    expect(after).toMatchObject({ unknownTypeSince: NOW, dueAt: NOW + 5_000 });
  });

  test('waits in the table, uncharged', () => {
    expect(summarize(settle(runningJob({ failures: 2 }), { name: 'unknown-type', delayMs: 5_000 }))).toEqual({
      event: 'unknown-type',
      from: 'running',
      to: 'queued',
      set: {
        status: 'queued',
        unknownTypeSince: NOW,
        dueAt: NOW + 5_000,
        nextAt: NOW + 5_000,
        history: [{ status: 'queued', at: NOW, attempt: 1, detail: 'unknown-type' }],
      },
      remove: ['dispatches', 'leaseUntil', 'solo', 'result', 'finishedAt', 'expiresAt'],
      send: undefined,
      deadLetter: undefined,
    });
  });

  test.each([
    [UNKNOWN_TYPE_PATIENCE_MS - 1, 'queued'],
    [UNKNOWN_TYPE_PATIENCE_MS, 'failed'],
  ])('%i ms after the first time the job is %s', (ago, status) => {
    const job = runningJob({ unknownTypeSince: NOW - ago });
    const planned = settle(job, { name: 'unknown-type', delayMs: 5_000 });

    expect(planned.change.after).toMatchObject({ status, failures: 0 });
    expect(planned.deadLetter?.reason).toBe(status === 'failed' ? 'unknown-type' : undefined);
  });
});

describe('interrupt', () => {
  test('gives the job back, uncharged and due at once; its type was known', () => {
    const { after } = settle(runningJob({ unknownTypeSince: NOW, lane: LIVE_LANE }), { name: 'interrupt' }).change;

    expect(after).toMatchObject({ status: 'queued', failures: 0, crashes: 0, dueAt: NOW, nextAt: NOW });
    expect(after.history).toEqual([{ status: 'queued', at: NOW, attempt: 1, detail: 'interrupted' }]);
    expect(after).not.toHaveProperty('unknownTypeSince');
  });
});

describe('a cancel request', () => {
  test.each(OUTCOMES)('wins over every outcome but completion: %o', (event) => {
    const planned = settle(runningJob({ cancelRequested: true, failures: 2 }), event);

    expect(planned.change.after).toMatchObject({
      status: 'canceled',
      failures: 2,
      finishedAt: NOW,
      expiresAt: EXPIRES_AT,
    });
    expect(planned.change.after).not.toHaveProperty('cancelRequested');
    expect(planned.change.guard).toMatchObject({ kind: 'own-run', unlessCancelRequested: false });
    expect(planned).not.toHaveProperty('send');
    expect(planned).not.toHaveProperty('deadLetter');
  });
});

describe('progress', () => {
  test.each([runningJob(), runningJob({ cancelRequested: true })])('touches nothing else', (job) => {
    const { change } = settle(job, { name: 'progress', value: '50' });

    expect(change.set).toEqual({ progress: '50' });
    expect(change.after).toEqual({ ...job, progress: '50' });
  });
});
