import { describe, expect, test } from 'vitest';
import { buildChange } from '../../lib/core/decide/build-change.ts';
import {
  claimedJob,
  DEFAULT_POLICY,
  type Decision,
  decide,
  isAllowed,
  type Job,
  type JobEvent,
  MAX_QUEUE_DELAY_MS,
  PLAIN_DEFAULTS,
  parseStored,
  type Stored,
  storedFrom,
  TRANSITIONS,
} from '../../lib/core/index.ts';
import {
  CONTEXT,
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

const FAR = NOW + MAX_QUEUE_DELAY_MS + 1;
const HOUR_AGO = NOW - 3_600_000;
const ENDED = { leaseUntil: NOW };

/** A job of every status in every situation that a decision looks at. */
const JOBS: readonly Job[] = [
  queuedJob(),
  queuedJob({ dueAt: FAR }),
  queuedJob({ cancelRequested: true }),
  dispatchedJob(),
  dispatchedJob({ dueAt: FAR }),
  dispatchedJob({ cancelRequested: true }),
  runningJob(),
  runningJob({ cancelRequested: true }),
  runningJob({ unknownTypeSince: HOUR_AGO }),
  runningJob(ENDED),
  runningJob({ ...ENDED, cancelRequested: true }),
  runningJob({ ...ENDED, solo: true }),
  runningJob({ ...ENDED, solo: true, crashes: 1 }),
  completedJob(),
  completedJob({ lane: LIVE_LANE, nextAt: NOW }),
  failedJob(),
  failedJob({ lane: LIVE_LANE }),
  canceledJob(),
  canceledJob({ lane: LIVE_LANE, nextAt: NOW }),
];

const STORED: readonly Stored[] = [
  { kind: 'absent', id: 'job-1' },
  ...JOBS.map(storedFrom),
  ...JOBS.map((job) => parseStored(job.id, { ...job, type: 7 }, PLAIN_DEFAULTS)),
];

const error = { name: 'Error', message: 'no luck' };
const EVENTS: readonly JobEvent[] = [
  { name: 'sweep' },
  { name: 'send-failed' },
  { name: 'postpone' },
  { name: 'cancel' },
  { name: 'retry' },
  { name: 'redrive', attempt: 1 },
  { name: 'redrive', attempt: 2 },
  { name: 'reject', problem: 'it is too large', dropInput: true },
  { name: 'complete', result: '1' },
  { name: 'fail', error, permanent: false, delayMs: 0 },
  { name: 'fail', error, permanent: false, delayMs: MAX_QUEUE_DELAY_MS + 1 },
  { name: 'fail', error, permanent: true, delayMs: 0 },
  { name: 'unknown-type', delayMs: 5_000 },
  { name: 'interrupt' },
  { name: 'progress', value: '1' },
];

const tripleOf = (event: string, from: unknown, to: unknown): string => `${from} -> ${to} by ${event}`;

describe('the table of transitions', () => {
  const decisions: readonly Decision[] = STORED.flatMap((stored) =>
    EVENTS.map((event) => decide(stored, event, CONTEXT)),
  );
  const changes = decisions.flatMap((decision) => (decision.kind === 'change' ? [decision.change] : []));

  test('lists exactly what can happen', () => {
    const claimed = [queuedJob(), dispatchedJob()].map((job) =>
      tripleOf('claim', job.status, claimedJob(job, claimOf()).status),
    );
    const happening = new Set([
      ...changes.map(({ event, from, after }) => tripleOf(event, from, after.status)),
      ...claimed,
    ]);
    const listed = TRANSITIONS.flatMap(({ event, from, to }) =>
      from.flatMap((source) => to.map((target) => tripleOf(event, source, target))),
    );

    expect([...happening].sort()).toEqual([...listed].sort());
  });

  test('a final status is left by a person only', () => {
    const rows = TRANSITIONS.flatMap(({ event, from, to, by }) =>
      from.flatMap((source) => to.map((target) => ({ event, source, target, by }))),
    );
    const leaving = rows.filter(
      ({ source, target }) => ['completed', 'failed', 'canceled'].includes(source) && source !== target,
    );

    expect(leaving.map(({ event, by }) => [event, ...by])).toEqual([
      ['retry', 'person'],
      ['retry', 'person'],
      ['redrive', 'person'],
    ]);
  });

  test('never sets and removes the same field, nor writes an undefined one', () => {
    for (const { set, remove } of changes) {
      expect(remove.filter((field) => field in set)).toEqual([]);
      expect(Object.values(set)).not.toContain(undefined);
      expect(new Set(remove).size).toBe(remove.length);
    }
  });

  test('an item whose status cannot be read can be rejected and nothing else', () => {
    expect(isAllowed('reject', undefined, 'failed')).toBe(true);
    expect(isAllowed('retry', undefined, 'dispatched')).toBe(false);
  });

  test('fails to build a change that is not listed', () => {
    const guard = { kind: 'dead-letter', attempt: 1 } as const;

    expect(() => buildChange(completedJob(), { event: 'retry', to: 'dispatched', guard }, CONTEXT)).toThrow(
      'Not in the table of transitions: retry from completed to dispatched. Add it there first.',
    );
  });

  test('nothing can happen to a job that is not there', () => {
    const absent: Stored = { kind: 'absent', id: 'job-1' };

    for (const event of EVENTS) {
      expect(decide(absent, event, { now: NOW, policy: DEFAULT_POLICY })).toEqual({
        kind: 'refused',
        reason: 'wrong-status',
      });
    }
  });
});
