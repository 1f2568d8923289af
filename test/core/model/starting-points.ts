import fc from 'fast-check';
import { createJob, DEFAULT_POLICY, laneOf, MAX_QUEUE_DELAY_MS, PLAIN_DEFAULTS } from '../../../lib/core/index.ts';
import { CONTEXT, canceledJob, completedJob, failedJob, NOW } from '../sample-jobs.ts';
import type { JobRecord } from './single-job-store.ts';

const LANE = laneOf('job-1', 'live', DEFAULT_POLICY);
const times = fc.oneof(fc.constant(NOW), fc.integer({ min: NOW - 10_000, max: NOW + 2 * MAX_QUEUE_DELAY_MS }));
const budgets = fc.integer({ min: 1, max: 3 });

/** What an express or scheduled submit writes. */
const submitted: fc.Arbitrary<JobRecord> = fc
  .record({ dueAt: times, maxAttempts: budgets, maxCrashes: budgets })
  .map(({ dueAt, ...retry }) => ({
    ...createJob(
      { id: 'job-1', type: 'sleep', input: '{}', dueAt, defaults: { ...PLAIN_DEFAULTS('sleep'), retry } },
      CONTEXT,
    ).job,
  }));

/** What somebody puts into the table who knows the least, plus whatever else he thinks belongs there. */
const putRaw: fc.Arbitrary<JobRecord> = fc
  .record(
    {
      status: fc.constantFrom('queued', 'dispatched'),
      attempt: fc.nat(5),
      maxAttempts: budgets,
      maxCrashes: budgets,
      timeoutMs: fc.integer({ min: 1, max: 900_000 }),
      dueAt: times,
      createdAt: fc.constant(NOW),
      history: fc.constant([]),
      dispatches: fc.nat(9),
      cancelRequested: fc.constantFrom(true, undefined, undefined, undefined),
      suspect: fc.constant(true),
      result: fc.constant('1'),
      progress: fc.constant('50'),
      leaseUntil: times,
      solo: fc.boolean(),
      finishedAt: times,
      token: fc.constant('made up'),
    },
    { requiredKeys: [] },
  )
  .map((extra) => Object.fromEntries(Object.entries(extra).filter(([, value]) => value !== undefined)))
  .chain((extra) =>
    fc.record({
      id: fc.constant('job-1'),
      type: fc.constant('sleep'),
      status: fc.constant('queued'),
      input: fc.constantFrom<unknown>('{"seconds":1}', { seconds: 1 }, []),
      lane: fc.constant(LANE),
      nextAt: times,
      ...Object.fromEntries(Object.entries(extra).map(([field, value]) => [field, fc.constant(value)])),
    }),
  );

/** A job that somebody marked by hand. */
const marked: fc.Arbitrary<JobRecord> = fc
  .tuple(submitted, fc.constantFrom({ cancelRequested: true }, { suspect: true }, { crashes: 0, token: 'made up' }))
  .map(([record, marks]) => ({ ...record, ...marks }));

/** A job that somebody ended by hand, and left where the producer finds it. */
const ended: fc.Arbitrary<JobRecord> = fc
  .constantFrom(completedJob(), failedJob({ token: 'made up' }), canceledJob())
  .map((job) => ({ ...job, lane: LANE, nextAt: NOW }));

export const startingPoints: fc.Arbitrary<JobRecord> = fc.oneof(
  { arbitrary: submitted, weight: 4 },
  { arbitrary: putRaw, weight: 4 },
  { arbitrary: marked, weight: 1 },
  { arbitrary: ended, weight: 1 },
);
