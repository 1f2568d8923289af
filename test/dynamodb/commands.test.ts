import { NumberValue } from '@aws-sdk/lib-dynamodb';
import { describe, expect, test } from 'vitest';
import { type Change, type Claim, FOREIGN_FIELDS, type Guard } from '../../lib/core/index.ts';
import { buildClaim } from '../../lib/dynamodb/claim-job.ts';
import { buildFindDue, toDueIds } from '../../lib/dynamodb/find-due.ts';
import { buildPutNewJob } from '../../lib/dynamodb/put-new-job.ts';
import { buildRead } from '../../lib/dynamodb/read-jobs.ts';
import { buildWrite } from '../../lib/dynamodb/write-change.ts';
import { dispatchedJob, NOW } from '../core/sample-jobs.ts';

const CLAIM: Claim = { id: 'job-1', token: 'token-1', now: NOW, solo: false, fitMs: undefined, leaseMarginMs: 5_000 };

const changeWith = (guard: Guard, fields: Partial<Change> = {}): Change => ({
  id: 'job-1',
  event: 'dispatch',
  from: 'queued',
  at: NOW,
  guard,
  set: { status: 'dispatched', nextAt: NOW },
  remove: [],
  after: dispatchedJob(),
  ...fields,
});

interface Expressions {
  readonly UpdateExpression?: string | undefined;
  readonly ConditionExpression?: string | undefined;
  readonly KeyConditionExpression?: string | undefined;
  readonly ExpressionAttributeNames?: Record<string, string> | undefined;
  readonly ExpressionAttributeValues?: Record<string, unknown> | undefined;
}

/** DynamoDB refuses a placeholder that is not defined, and a definition that is not used. */
function expectPlaceholders(input: Expressions): void {
  const text = [input.UpdateExpression, input.ConditionExpression, input.KeyConditionExpression].join(' ');
  const used = (pattern: RegExp): readonly string[] => [...new Set(text.match(pattern))].sort();
  expect(used(/#\w+/g)).toEqual(Object.keys(input.ExpressionAttributeNames ?? {}).sort());
  expect(used(/:\w+/g)).toEqual(Object.keys(input.ExpressionAttributeValues ?? {}).sort());
}

describe('a new job', () => {
  test('is put if its id is new', () => {
    expect(buildPutNewJob('jobs', dispatchedJob())).toEqual({
      TableName: 'jobs',
      Item: { ...dispatchedJob(), history: [] },
      ConditionExpression: 'attribute_not_exists(#id)',
      ExpressionAttributeNames: { '#id': 'id' },
    });
  });
});

describe('a claim', () => {
  test('computes in the write what depends on the item, and asks for the job as it then is', () => {
    const input = buildClaim('jobs', CLAIM);
    expect(input).toMatchObject({
      TableName: 'jobs',
      Key: { id: 'job-1' },
      UpdateExpression:
        'SET #status = :status, #attempt = #attempt + :one, #token = :token, #solo = :solo, #startedAt = :startedAt, ' +
        '#leaseUntil = #timeoutMs + :leaseBase, #history = list_append(#history, :entry) REMOVE #dispatches',
      ReturnValues: 'ALL_NEW',
      ExpressionAttributeValues: {
        ':status': 'running',
        ':token': 'token-1',
        ':solo': false,
        ':startedAt': NOW,
        ':leaseBase': NOW + 5_000,
        ':entry': [`r${NOW.toString(36)}`],
        ':dueBy': NOW + 2_000,
      },
    });
    expectPlaceholders(input);
  });

  test('takes only what is queued or dispatched, due, complete and not to be canceled', () => {
    expect(buildClaim('jobs', CLAIM).ConditionExpression?.split(' AND ')).toEqual([
      '(#status = :dispatched OR attribute_not_exists(#dispatches))',
      '#status IN (:dispatched, :queued)',
      'attribute_not_exists(#leaseUntil)',
      'attribute_not_exists(#solo)',
      'attribute_not_exists(#result)',
      'attribute_not_exists(#finishedAt)',
      'attribute_not_exists(#expiresAt)',
      'attribute_not_exists(#cancelRequested)',
      'attribute_not_exists(#suspect)',
      'attribute_type(#type, :type_S)',
      'attribute_type(#history, :type_L)',
      'contains(#lane, :live)',
      'attribute_exists(#input)',
      ...['createdAt', 'dueAt', 'nextAt'].flatMap((field) => [`#${field} BETWEEN :n0`, ':n8640000000000000']),
      ...['attempt', 'failures', 'crashes'].flatMap((field) => [`#${field} BETWEEN :n0`, ':n9007199254740991']),
      ...['maxAttempts', 'maxCrashes'].flatMap((field) => [`#${field} BETWEEN :n1`, ':n9007199254740991']),
      '#timeoutMs BETWEEN :n1',
      ':n900000',
      '#dueAt <= :dueBy',
    ]);
  });

  test('asks less of a dispatched job than of a queued one, and nothing besides', () => {
    const queued: readonly string[] = FOREIGN_FIELDS.queued;
    expect(FOREIGN_FIELDS.dispatched.filter((field) => !queued.includes(field))).toEqual([]);
  });

  test('lets a suspect start where nothing else runs, and only what fits', () => {
    const input = buildClaim('jobs', { ...CLAIM, solo: true, fitMs: 20_000, leaseMs: 7_000 });
    expect(input.ConditionExpression).not.toContain('#suspect');
    expect(input.ConditionExpression).toContain('#timeoutMs <= :fitMs');
    expect(input.UpdateExpression).toContain('#leaseUntil = :leaseUntil');
    expect(input.ExpressionAttributeValues).toMatchObject({ ':fitMs': 20_000, ':leaseUntil': NOW + 12_000 });
    expectPlaceholders(input);
  });

  test('stays within what DynamoDB takes as an expression', () => {
    const { UpdateExpression = '', ConditionExpression = '' } = buildClaim('jobs', { ...CLAIM, fitMs: 1 });
    expect(Math.max(UpdateExpression.length, ConditionExpression.length)).toBeLessThan(4_096);
  });
});

describe('a change', () => {
  test('as read: absent counts as a value, and the item must exist', () => {
    const input = buildWrite(
      'jobs',
      changeWith({
        kind: 'as-read',
        seen: { status: 'queued', attempt: NumberValue.from('1e30'), nextAt: undefined, cancelRequested: undefined },
      }),
    );
    expect(input).toEqual({
      TableName: 'jobs',
      Key: { id: 'job-1' },
      UpdateExpression: 'SET #status = :status, #nextAt = :nextAt',
      ConditionExpression:
        'attribute_exists(#id) AND #status = :seen_status AND #attempt = :seen_attempt AND attribute_not_exists(#nextAt) ' +
        'AND attribute_not_exists(#cancelRequested)',
      ExpressionAttributeNames: {
        '#id': 'id',
        '#status': 'status',
        '#attempt': 'attempt',
        '#nextAt': 'nextAt',
        '#cancelRequested': 'cancelRequested',
      },
      ExpressionAttributeValues: {
        ':status': 'dispatched',
        ':nextAt': NOW,
        ':seen_status': 'queued',
        ':seen_attempt': NumberValue.from('1e30'),
      },
    });
    expectPlaceholders(input);
  });

  test.each([
    [false, '#status = :guard_status AND #attempt = :guard_attempt AND #token = :guard_token'],
    [
      true,
      '#status = :guard_status AND #attempt = :guard_attempt AND #token = :guard_token AND attribute_not_exists(#cancelRequested)',
    ],
  ])('of an own run is fenced by attempt and token; gives way to a cancel request: %s', (unless, condition) => {
    const guard: Guard = { kind: 'own-run', attempt: 3, token: 'mine', unlessCancelRequested: unless };
    const input = buildWrite('jobs', changeWith(guard));
    expect(input.ConditionExpression).toBe(condition);
    expect(input.ExpressionAttributeValues).toMatchObject({
      ':guard_status': 'running',
      ':guard_attempt': 3,
      ':guard_token': 'mine',
    });
    expectPlaceholders(input);
  });

  test('for a dead letter asks for the failed attempt', () => {
    const input = buildWrite('jobs', changeWith({ kind: 'dead-letter', attempt: 4 }));
    expect(input.ConditionExpression).toBe('#status = :guard_status AND #attempt = :guard_attempt');
    expect(input.ExpressionAttributeValues).toMatchObject({ ':guard_status': 'failed', ':guard_attempt': 4 });
    expectPlaceholders(input);
  });

  test('knows a list or a map again by its kind: the SDK could not write each of them back', () => {
    const seen = { status: { constructor: 'x' }, attempt: [{}], nextAt: NOW, cancelRequested: new Set(['a']) };
    const input = buildWrite('jobs', changeWith({ kind: 'as-read', seen }));
    expect(input.ConditionExpression).toBe(
      'attribute_exists(#id) AND attribute_type(#status, :type_M) AND attribute_type(#attempt, :type_L) AND ' +
        '#nextAt = :seen_nextAt AND #cancelRequested = :seen_cancelRequested',
    );
    expectPlaceholders(input);
  });

  test('names no attribute twice: what is set and removed is removed', () => {
    const guard: Guard = { kind: 'dead-letter', attempt: 4 };
    const input = buildWrite(
      'jobs',
      changeWith(guard, { set: { nextAt: NOW, lane: 'x' }, remove: ['lane', 'token', 'token'] }),
    );
    expect(input.UpdateExpression).toBe('SET #nextAt = :nextAt REMOVE #lane, #token');
    expectPlaceholders(input);
  });

  test.each([
    [{ set: {}, remove: ['token'] as const }, 'REMOVE #token'],
    [{ set: {}, remove: [] }, undefined],
  ])('may only remove, or only check: %j', (fields, expression) => {
    const input = buildWrite('jobs', changeWith({ kind: 'dead-letter', attempt: 4 }, fields));
    expect(input.UpdateExpression).toBe(expression);
    expectPlaceholders(input);
  });
});

test('a read is strongly consistent', () => {
  expect(buildRead('jobs', ['a', 'b'])).toEqual({
    RequestItems: { jobs: { Keys: [{ id: 'a' }, { id: 'b' }], ConsistentRead: true } },
  });
});

describe('what is due', () => {
  const PAGE = { lane: 'default#live#0', until: NOW, limit: 50 };

  test('is asked of the index, next due first', () => {
    const input = buildFindDue('jobs', PAGE);
    expect(input).toEqual({
      TableName: 'jobs',
      IndexName: 'lane-nextAt-index',
      KeyConditionExpression: '#lane = :lane AND #nextAt <= :until',
      ScanIndexForward: true,
      Limit: 50,
      ExpressionAttributeNames: { '#lane': 'lane', '#nextAt': 'nextAt' },
      ExpressionAttributeValues: { ':lane': 'default#live#0', ':until': NOW },
    });
  });

  test('goes on after the last of a page, whatever number that was', () => {
    const last = { id: 'job-2', lane: PAGE.lane, nextAt: NumberValue.from('1.00000000000000000000001') };
    const { ids, cursor } = toDueIds({ Items: [{ id: 'job-1' }, last], LastEvaluatedKey: last });
    expect(ids).toEqual(['job-1', 'job-2']);
    expect(buildFindDue('jobs', { ...PAGE, cursor })).toMatchObject({ ExclusiveStartKey: last });
    expect(toDueIds({})).toEqual({ ids: [], cursor: undefined });
  });
});
