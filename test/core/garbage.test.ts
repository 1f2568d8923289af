import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  decide,
  isFinal,
  isLiveLane,
  JOB_FIELDS,
  type JobEvent,
  PLAIN_DEFAULTS,
  parseStored,
} from '../../lib/core/index.ts';
import { type JobRecord, SingleJobStore } from './model/single-job-store.ts';
import { checkProperty, PROPERTY } from './property-settings.ts';
import {
  CONTEXT,
  canceledJob,
  completedJob,
  dispatchedJob,
  failedJob,
  LISTING,
  NOW,
  queuedJob,
  runningJob,
} from './sample-jobs.ts';

/** Anything that a store may hand out, and more: large numbers, sets, binaries, odd objects. */
const anything = fc.anything({
  withBigInt: true,
  withDate: true,
  withMap: true,
  withNullPrototype: true,
  withObjectString: true,
  withSet: true,
  withTypedArray: true,
  withUnicodeString: true,
  maxDepth: 3,
});

/** Nearly right is more telling than all wrong. */
const almost = fc.oneof(
  anything,
  fc.constantFrom('queued', 'dispatched', 'running', 'completed', 'failed', 'canceled', 'Queued'),
  fc.constantFrom(0, 1, -1, 0.5, NOW, NOW + 1_000_000, 2 ** 53, Number.NaN, true, false, '', '{', '{}', null),
);

const fieldNames = JOB_FIELDS.filter((field) => field !== 'id');
const scraps = fc.dictionary(fc.oneof(fc.constantFrom(...fieldNames), fc.string()), almost, { maxKeys: 25 });
const sound = fc.constantFrom<JobRecord>(
  ...[
    queuedJob(),
    dispatchedJob(),
    runningJob(),
    runningJob({ leaseUntil: NOW, solo: true }),
    completedJob(),
    failedJob(),
    canceledJob(),
  ].map((job) => ({ ...job })),
);
const spoiled = fc
  .tuple(sound, fc.dictionary(fc.constantFrom(...fieldNames), fc.option(almost, { nil: undefined }), { maxKeys: 3 }))
  .map(([record, faults]) => ({ ...record, ...faults }));

const records: fc.Arbitrary<JobRecord> = fc
  .oneof({ arbitrary: scraps, weight: 1 }, { arbitrary: spoiled, weight: 3 })
  .map((record) => Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined)));

const contexts = fc.constantFrom(CONTEXT, LISTING);
const events = fc.constantFrom<JobEvent>(
  { name: 'sweep' },
  { name: 'reject', problem: 'it is too large', dropInput: true },
  { name: 'reject', problem: 'it is too large', dropInput: false },
);

describe('whatever stands in the table', () => {
  test('is read without a throw, and once the producer has seen it, it is a well-formed job', PROPERTY, () => {
    let malformed = 0;
    checkProperty(
      'garbage becomes a job',
      fc.property(records, contexts, events, (record, context, event) => {
        const store = new SingleJobStore('job-1', record);
        const stored = store.read();
        const decision = decide(stored, event, context);
        malformed += stored.kind === 'malformed' ? 1 : 0;
        if (decision.kind === 'refused') {
          assert.equal(stored.kind, 'job');
          return;
        }
        assert.ok(store.write(decision.change));
        const next = store.read();
        assert.ok(next.kind === 'job' && next.complete, `not in order: ${JSON.stringify(decision.change.after)}`);
        assert.deepEqual(next.job, decision.change.after);
        if (stored.kind === 'malformed' || event.name === 'reject') {
          assert.ok(isFinal(next.job.status));
          assert.ok(next.job.lane === undefined || !isLiveLane(next.job.lane));
          assert.equal(decision.deadLetter !== undefined, decision.change.event === 'reject');
        }
      }),
      1_500,
    );
    expect(malformed).toBeGreaterThan(500);
  });

  test('a final status that can be read and believed is kept', PROPERTY, () => {
    checkProperty(
      'garbage keeps its end',
      fc.property(records, contexts, (record, context) => {
        const stored = parseStored('job-1', record, PLAIN_DEFAULTS);
        const decision = decide(stored, { name: 'sweep' }, context);
        const status = record['status'];
        if (decision.kind === 'change' && (status === 'completed' || status === 'failed' || status === 'canceled')) {
          const { event, after } = decision.change;
          const isBelieved = status !== 'completed' || after.attempt > 0;
          assert.deepEqual([after.status, event], isBelieved ? [status, 'move-lane'] : ['failed', 'reject']);
        }
      }),
      500,
    );
  });
});
