import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createJob, MAX_QUEUE_DELAY_MS, type NewJob, PLAIN_DEFAULTS, parseStored } from '../../lib/core/index.ts';
import { checkProperty } from './property-settings.ts';
import { CONTEXT, LIVE_LANE, NOW } from './sample-jobs.ts';

const newJob = (fields: Partial<NewJob> = {}): NewJob => ({
  id: 'job-1',
  type: 'sleep',
  input: '{}',
  dueAt: NOW,
  defaults: PLAIN_DEFAULTS('sleep'),
  ...fields,
});

describe('createJob', () => {
  test('what is due now is written as dispatched, and its submitter sends the message', () => {
    const { job, send } = createJob(newJob(), CONTEXT);

    expect(job).toEqual({
      id: 'job-1',
      type: 'sleep',
      status: 'dispatched',
      input: '{}',
      attempt: 0,
      failures: 0,
      crashes: 0,
      maxAttempts: 5,
      maxCrashes: 2,
      timeoutMs: 30_000,
      createdAt: NOW,
      dueAt: NOW,
      nextAt: NOW + 60_000,
      lane: LIVE_LANE,
      dispatches: 1,
      history: [{ status: 'dispatched', at: NOW, attempt: 0 }],
    });
    expect(send).toEqual({ delayMs: 0 });
  });

  test('the first line of its history tells what its submitter has to say', () => {
    const { job } = createJob(newJob({ detail: 'sdk' }), CONTEXT);
    expect(job.history).toEqual([{ status: 'dispatched', at: NOW, attempt: 0, detail: 'sdk' }]);
  });

  test.each([
    ['in the past counts as now', NOW - 5_000, 'dispatched', NOW, NOW + 60_000, { delayMs: 0 }],
    ['soon rides on the queue', NOW + 5_000, 'dispatched', NOW + 5_000, NOW + 65_000, { delayMs: 5_000 }],
    [
      'at the reach of the queue rides on it',
      NOW + MAX_QUEUE_DELAY_MS,
      'dispatched',
      NOW + MAX_QUEUE_DELAY_MS,
      NOW + MAX_QUEUE_DELAY_MS + 60_000,
      { delayMs: MAX_QUEUE_DELAY_MS },
    ],
    [
      'beyond the reach of the queue waits in the table',
      NOW + MAX_QUEUE_DELAY_MS + 1,
      'queued',
      NOW + MAX_QUEUE_DELAY_MS + 1,
      NOW + MAX_QUEUE_DELAY_MS + 1,
      undefined,
    ],
  ])('what is due %s', (_, dueAt, status, storedDueAt, nextAt, expectedSend) => {
    const { job, send } = createJob(newJob({ dueAt }), CONTEXT);

    expect(job).toMatchObject({ status, dueAt: storedDueAt, nextAt });
    expect(send).toEqual(expectedSend);
  });

  test('keeps the label and the hash where there are any', () => {
    expect(createJob(newJob({ group: 'g', inputHash: 'h' }), CONTEXT).job).toMatchObject({
      group: 'g',
      inputHash: 'h',
    });
  });

  test('whatever is created reads as the very same complete job', () => {
    const text = fc.string({ minLength: 1 });
    const jobs = fc.record({
      id: text,
      type: text,
      input: fc.json(),
      inputHash: fc.option(text, { nil: undefined }),
      group: fc.option(text, { nil: undefined }),
      dueAt: fc.integer({ min: 0, max: NOW * 2 }),
      defaults: fc.record({
        retry: fc.record({
          maxAttempts: fc.integer({ min: 1, max: 100 }),
          maxCrashes: fc.integer({ min: 1, max: 100 }),
        }),
        timeoutMs: fc.integer({ min: 1_000, max: 890_000 }),
      }),
    });
    checkProperty(
      'created jobs read back',
      fc.property(jobs, (options) => {
        const { job } = createJob(options, CONTEXT);
        expect(parseStored(job.id, { ...job }, PLAIN_DEFAULTS)).toMatchObject({ kind: 'job', job, complete: true });
      }),
      300,
    );
  });
});
