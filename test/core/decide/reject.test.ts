import { describe, expect, test } from 'vitest';
import { decide, type Job, PLAIN_DEFAULTS, parseStored, storedFrom } from '../../../lib/core/index.ts';
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
} from '../sample-jobs.ts';

type Fields = Readonly<Record<string, unknown>>;

const sweep = (record: Fields, context = CONTEXT): Planned =>
  expectChange(decide(parseStored('job-1', record, PLAIN_DEFAULTS), { name: 'sweep' }, context));

const reject = (job: Job, dropInput: boolean): Planned =>
  expectChange(decide(storedFrom(job), { name: 'reject', problem: 'it is too large', dropInput }, CONTEXT));

describe('an item that cannot be a job', () => {
  test('becomes failed with the reason; nothing is known of an item of nothing', () => {
    const message =
      'The stored item is not a job that can run: type is missing: expected a non-empty string. Put it again as the README describes.';
    const { change, deadLetter, send } = sweep({});

    expect(change.after).toEqual({
      id: 'job-1',
      type: 'unknown',
      status: 'failed',
      input: 'null',
      attempt: 0,
      failures: 0,
      crashes: 0,
      maxAttempts: 5,
      maxCrashes: 2,
      timeoutMs: 30_000,
      createdAt: NOW,
      dueAt: NOW,
      lane: FAILED_LANE,
      nextAt: NOW,
      finishedAt: NOW,
      expiresAt: EXPIRES_AT,
      error: { name: 'malformed', message, attempt: 0, at: NOW },
      history: [{ status: 'failed', at: NOW, attempt: 0, detail: 'malformed' }],
    });
    expect(change).toMatchObject({ event: 'reject', from: undefined });
    expect(change.guard).toEqual({
      kind: 'as-read',
      seen: { status: undefined, attempt: undefined, nextAt: undefined, cancelRequested: undefined },
    });
    expect(deadLetter).toEqual({ reason: 'malformed', detail: message });
    expect(send).toBeUndefined();
  });

  test('keeps what can be read, and its input as its author wrote it', () => {
    const input = new Set(['a']);
    const { change } = sweep({ ...runningJob({ attempt: 3, group: 'g', progress: '1' }), input });

    expect(change.from).toBe('running');
    expect(change.set).not.toHaveProperty('input');
    expect(change.after).toMatchObject({ type: 'sleep', attempt: 3, group: 'g', progress: '1', error: { attempt: 3 } });
    expect(change.remove).toEqual(expect.arrayContaining(['token', 'leaseUntil', 'solo']));
  });

  test.each<[string, Fields]>([
    ['without an attempt', { ...completedJob(), attempt: undefined }],
    ['in no attempt', { ...completedJob(), attempt: 0 }],
    ['in an attempt that cannot be read', { ...completedJob(), attempt: 'one' }],
    ['with nothing but its status', { type: 'sleep', status: 'completed', input: 'null' }],
  ])('becomes failed where it says that it completed %s: nothing completes that never ran', (_, record) => {
    const { change, deadLetter } = sweep({ ...record, lane: LIVE_LANE, nextAt: NOW });

    expect(change).toMatchObject({ event: 'reject', from: undefined, after: { status: 'failed', attempt: 0 } });
    expect(change.remove).toContain('result');
    expect(deadLetter?.reason).toBe('malformed');
  });

  test('is not due a look later: malformed is malformed', () => {
    expect(sweep({ ...queuedJob(), nextAt: NOW + 5, maxAttempts: 'x' }).change.after.status).toBe('failed');
  });
});

describe('an item that cannot be written', () => {
  test.each([
    [false, queuedJob()],
    [true, dispatchedJob()],
  ])('fails, without its input if need be: %s', (dropInput, job) => {
    const { change, deadLetter } = reject(job, dropInput);

    expect(change.after).toMatchObject({ status: 'failed', input: dropInput ? 'null' : job.input });
    expect('input' in change.set).toBe(dropInput);
    expect(deadLetter?.detail).toContain('it is too large');
  });

  test('keeps its status where that is final', () => {
    const { change, deadLetter } = reject(completedJob({ lane: LIVE_LANE, nextAt: NOW, token: 't' }), true);

    expect(change).toMatchObject({
      event: 'move-lane',
      after: { status: 'completed', result: '{"slept":1}', input: 'null', token: 't' },
    });
    expect(deadLetter).toBeUndefined();
  });

  test.each([completedJob(), failedJob(), canceledJob()])('is left alone where it is in order: $status', (job) => {
    const event = { name: 'reject', problem: 'it is too large', dropInput: true } as const;

    expect(decide(storedFrom(job), event, CONTEXT)).toEqual({ kind: 'refused', reason: 'wrong-status' });
  });
});

describe('a final item that cannot be read', () => {
  test.each<[string, Fields, Fields]>([
    ['a result', { ...completedJob(), result: undefined }, { status: 'completed', result: 'null' }],
    ['a readable result', { ...completedJob(), group: 5 }, { status: 'completed', result: '{"slept":1}' }],
    ['a readable error', { ...failedJob(), group: 5 }, { status: 'failed', error: failedJob().error }],
    ['an error', { ...failedJob(), error: undefined }, { status: 'failed', error: { name: 'malformed' } }],
    ['an expiry', { ...canceledJob(), expiresAt: undefined }, { status: 'canceled' }],
    [
      'a readable group',
      { ...canceledJob({ error: failedJob().error }), group: 5 },
      { status: 'canceled', error: failedJob().error },
    ],
  ])('keeps its status and is put in order: without %s', (_, record, after) => {
    const { change, deadLetter } = sweep({ ...record, lane: LIVE_LANE, nextAt: NOW });

    expect(change).toMatchObject({ event: 'move-lane', after: { ...after, finishedAt: NOW - 1_000 } });
    expect(deadLetter).toBeUndefined();
  });

  test('ended now where it does not say when', () => {
    expect(sweep({ ...canceledJob(), finishedAt: 'today' }, LISTING).change.after).toMatchObject({
      finishedAt: NOW,
      expiresAt: EXPIRES_AT,
      lane: COMPLETED_LANE,
      nextAt: NOW,
    });
  });
});
