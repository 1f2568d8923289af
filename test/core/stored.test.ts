import { describe, expect, test } from 'vitest';
import { type DefaultsOf, PLAIN_DEFAULTS, parseStored, type Stored, storedFrom } from '../../lib/core/index.ts';
import {
  canceledJob,
  completedJob,
  dispatchedJob,
  EXPIRES_AT,
  failedJob,
  LIVE_LANE,
  NOW,
  queuedJob,
  runningJob,
} from './sample-jobs.ts';

type Fields = Readonly<Record<string, unknown>>;

const RAW: Fields = { type: 'sleep', status: 'queued', input: '{"seconds":1}', lane: LIVE_LANE, nextAt: NOW };

const parse = (record: Fields): Stored => parseStored('job-1', record, PLAIN_DEFAULTS);
const problemOf = (record: Fields): string => {
  const stored = parse(record);
  return stored.kind === 'malformed' ? stored.problem : `no problem: ${stored.kind}`;
};

describe('complete items', () => {
  test.each([
    queuedJob({ group: 'g', inputHash: 'h', unknownTypeSince: NOW, token: 't' }),
    dispatchedJob({ suspect: true, error: { name: '', message: '', attempt: 1, at: NOW } }),
    runningJob({ cancelRequested: true, progress: '50' }),
    completedJob({ history: [{ status: 'queued', at: NOW, attempt: 0, detail: 'why' }] }),
    failedJob(),
    canceledJob(),
  ])('a job reads as it was written: $status', (job) => {
    expect(parse({ ...job })).toEqual(storedFrom(job));
  });

  test('an error has four fields, whatever its author added', () => {
    const error = { name: 'n', message: 'm', attempt: 1, at: NOW };
    expect(parse({ ...failedJob({ error }), error: { ...error, stack: 'at home', constructor: 1 } })).toEqual(
      storedFrom(failedJob({ error })),
    );
  });

  test('what others added is left alone', () => {
    expect(parse({ ...queuedJob(), owner: 'team-1' })).toEqual(storedFrom(queuedJob()));
  });

  test('the next write is conditional on what was read, as stored, absent or not', () => {
    expect(parse({ ...RAW, attempt: '1' })).toMatchObject({
      kind: 'malformed',
      seen: { status: 'queued', attempt: '1', nextAt: NOW, cancelRequested: undefined },
    });
  });
});

describe('raw puts', () => {
  test('what they cannot know is filled in', () => {
    const defaultsOf: DefaultsOf = (type) => ({
      retry: { maxAttempts: type.length, maxCrashes: 7 },
      timeoutMs: 1_234,
    });

    expect(parseStored('job-1', RAW, defaultsOf)).toEqual({
      kind: 'job',
      complete: false,
      seen: { status: 'queued', attempt: undefined, nextAt: NOW, cancelRequested: undefined },
      job: {
        id: 'job-1',
        ...RAW,
        attempt: 0,
        failures: 0,
        crashes: 0,
        maxAttempts: 5,
        maxCrashes: 7,
        timeoutMs: 1_234,
        createdAt: NOW,
        dueAt: NOW,
        history: [],
      },
    });
  });

  test('may say when they are due; they were created no later than they are looked at', () => {
    expect(parse({ ...RAW, dueAt: NOW + 5 })).toMatchObject({ job: { dueAt: NOW + 5, createdAt: NOW } });
  });

  test.each([
    ['text', ' {"a":1} ', ' {"a":1} '],
    ['a map', { a: [1, null, { b: true }], c: 'é' }, '{"a":[1,null,{"b":true}],"c":"é"}'],
    ['a map without a prototype', Object.assign(Object.create(null), { a: 1 }), '{"a":1}'],
    ['a list', [1, 2], '[1,2]'],
  ])('the input may be %s', (_, input, text) => {
    expect(parse({ ...RAW, input })).toMatchObject({ kind: 'job', job: { input: text } });
  });

  test('text of the system itself is not parsed again', () => {
    expect(parse({ ...RAW, createdAt: NOW, input: 'not JSON' })).toMatchObject({ job: { input: 'not JSON' } });
  });

  test.each([
    [queuedJob(), { dispatches: 2, result: '1', leaseUntil: NOW, solo: true, finishedAt: NOW }],
    [dispatchedJob(), { result: '1', leaseUntil: NOW, solo: true, finishedAt: NOW }],
    [runningJob(), { dispatches: 1, result: '1', finishedAt: NOW }],
    [completedJob(), { dispatches: 1, cancelRequested: true, leaseUntil: NOW, solo: false, unknownTypeSince: NOW }],
    [failedJob(), { result: '1' }],
    [canceledJob(), { result: '1' }],
  ])('what is foreign to the status is left out, and to be removed: $status', (job, foreign) => {
    const seen = expect.objectContaining({ status: job.status });

    expect(parse({ ...job, ...foreign })).toEqual({ kind: 'job', job, seen, complete: false });
  });
});

describe('malformed items', () => {
  const odd: Fields = { toString: 1, constructor: null };
  const cyclic: { self?: unknown } = {};
  cyclic.self = cyclic;
  const tooDeep: unknown = JSON.parse(`${'['.repeat(70)}${']'.repeat(70)}`);

  test.each<[string, Fields, string]>([
    ['no type', { type: undefined }, 'type is missing: expected a non-empty string'],
    ['an empty type', { type: '' }, 'type must be a non-empty string, got ""'],
    ['no status', { status: undefined }, 'status is missing: expected a known status'],
    ['an unknown status', { status: 'waiting' }, 'status must be a known status, got "waiting"'],
    ['a status that is a number', { status: 1 }, 'status must be a known status, got 1'],
    ['no input', { input: undefined }, 'input is missing: expected JSON text or a map'],
    ['a null input', { input: null }, 'input is neither: expected JSON text or a map, got null'],
    ['a number as input', { input: 5 }, 'input is neither: expected JSON text or a map, got 5'],
    ['input that is no JSON', { input: '{' }, 'input is not JSON: expected JSON text or a map, got "{"'],
    ['a set as input', { input: new Set([1]) }, 'input holds a value of kind Set, which JSON cannot'],
    [
      'a binary inside',
      { input: { a: [new Uint8Array(2)] } },
      'input holds a value of kind Uint8Array, which JSON cannot',
    ],
    ['a large number inside', { input: { a: 10n ** 30n } }, 'input holds a value of kind bigint, which JSON cannot'],
    ['an infinite number inside', { input: [Number.NaN] }, 'input holds the number NaN, which JSON cannot'],
    ['an odd object inside', { input: [Object.create(odd)] }, 'input holds a value of kind object, which JSON cannot'],
    ['input in a circle', { input: cyclic }, 'input holds more than 64 levels, which JSON cannot'],
    ['input that is too deep', { input: tooDeep }, 'input holds more than 64 levels, which JSON cannot'],
    ['no nextAt', { nextAt: undefined }, 'a queued job needs nextAt'],
    ['nextAt with a fraction', { nextAt: 1.5 }, 'nextAt must be epoch milliseconds, got 1.5'],
    ['nextAt as text', { nextAt: 'now' }, 'nextAt must be epoch milliseconds, got "now"'],
    ['nextAt beyond a double', { nextAt: 2n ** 60n }, 'nextAt must be epoch milliseconds, got 1152921504606846976'],
    ['no lane', { lane: undefined }, 'a queued job needs a live lane, got undefined'],
    ['a lane of its own making', { lane: 'mine' }, 'a queued job needs a live lane, got "mine"'],
    ['an expiry before it ran', { expiresAt: NOW }, 'a queued job must not have expiresAt'],
    ['a negative attempt', { attempt: -1 }, 'attempt must be a whole number, got -1'],
    ['no attempts to be made', { maxAttempts: 0 }, 'maxAttempts must be a whole number from 1, got 0'],
    ['no time to run', { timeoutMs: 0 }, 'timeoutMs must be milliseconds from 1 to 900000, got 0'],
    [
      'a lease without an end',
      { timeoutMs: 1e15 },
      'timeoutMs must be milliseconds from 1 to 900000, got 1000000000000000',
    ],
    ['a false suspect', { suspect: false }, 'suspect must be true, got false'],
    ['a cancel request as text', { cancelRequested: 'yes' }, 'cancelRequested must be true, got "yes"'],
    ['solo as a number', { solo: 1 }, 'solo must be true or false, got 1'],
    ['progress that is no JSON', { progress: '50%' }, 'progress must be JSON text, got "50%"'],
    ['progress that is a number', { progress: 50 }, 'progress must be JSON text, got 50'],
    ['a history that is no list', { history: {} }, 'history must be a list of history entries, got Object'],
    ['a history of odd things', { history: [null] }, 'history must be a list of history entries, got Array'],
    ['a history of unknown statuses', { history: [{ status: 'x', at: 1, attempt: 1 }] }, 'history must be'],
    ['a history without times', { history: [{ status: 'queued', attempt: 1 }] }, 'history must be'],
    ['a history without attempts', { history: [{ status: 'queued', at: 1 }] }, 'history must be'],
    ['a history of odd tokens', { history: [{ status: 'queued', at: 1, attempt: 1, token: 1 }] }, 'history must be'],
    ['a history of odd details', { history: [{ status: 'queued', at: 1, attempt: 1, detail: 1 }] }, 'history must be'],
    ['an error without a name', { error: { message: 'm', attempt: 1, at: 1 } }, 'error must be an error, got Object'],
    ['an error without a message', { error: { name: 'n', attempt: 1, at: 1 } }, 'error must be an error, got Object'],
    [
      'an error without an attempt',
      { error: { name: 'n', message: 'm', at: 1 } },
      'error must be an error, got Object',
    ],
    [
      'an error without a time',
      { error: { name: 'n', message: 'm', attempt: 1 } },
      'error must be an error, got Object',
    ],
    ['long data', { group: 5, type: [] }, 'type must be a non-empty string, got Array'],
    ['a time after the last one', { dueAt: 8.64e15 + 1 }, 'dueAt must be epoch milliseconds, got 8640000000000001'],
    ['an odd object', { type: odd }, 'type must be a non-empty string, got object'],
    ['a symbol', { type: Symbol('s') }, 'type must be a non-empty string, got symbol'],
  ])('fails to read %s', (_, fields, problem) => {
    expect(problemOf({ ...RAW, ...fields })).toContain(problem);
  });

  test('an error message shows no more than the beginning of somebody’s data', () => {
    expect(problemOf({ ...RAW, status: 'x'.repeat(1_000) })).toBe(
      `status must be a known status, got "${'x'.repeat(39)}…`,
    );
  });

  test.each<[string, Fields, string]>([
    ['running without a lease', { ...runningJob(), leaseUntil: undefined }, 'a running job needs leaseUntil'],
    ['running without a token', { ...runningJob(), token: undefined }, 'a running job needs token'],
    ['running without a mark', { ...runningJob(), solo: undefined }, 'a running job needs solo'],
    ['running without a start', { ...runningJob(), startedAt: undefined }, 'a running job needs startedAt'],
    ['running with an expiry', { ...runningJob(), expiresAt: EXPIRES_AT }, 'a running job must not have expiresAt'],
    ['completed without a result', { ...completedJob(), result: undefined }, 'a completed job needs result'],
    ['completed without an end', { ...completedJob(), finishedAt: undefined }, 'a completed job needs finishedAt'],
    ['completed for ever', { ...completedJob(), expiresAt: undefined }, 'a completed job needs expiresAt'],
    ['failed without an error', { ...failedJob(), error: undefined }, 'a failed job needs error'],
    ['canceled without an end', { ...canceledJob(), finishedAt: undefined }, 'a canceled job needs finishedAt'],
  ])('fails to read a job that is %s', (_, record, problem) => {
    expect(problemOf(record)).toBe(problem);
  });

  test('what can be read is kept beside the problem', () => {
    expect(parse({ ...RAW, group: 7, attempt: 3 })).toEqual({
      kind: 'malformed',
      id: 'job-1',
      problem: 'group must be a string, got 7',
      seen: { status: 'queued', attempt: 3, nextAt: NOW, cancelRequested: undefined },
      readable: { ...RAW, attempt: 3 },
    });
  });
});

describe('input of final jobs', () => {
  const cyclic: { self?: unknown } = {};
  cyclic.self = cyclic;

  test.each<[string, unknown, string]>([
    ['text that is no JSON', '{', '{'],
    ['nothing', undefined, 'null'],
    ['null', null, 'null'],
    ['a large number', { a: 10n }, '{"a":"10"}'],
    ['a function', () => 1, 'null'],
    ['a circle', cyclic, 'null'],
  ])('is kept for a person to look at: %s', (_, input, text) => {
    expect(parse({ ...failedJob(), input })).toEqual(storedFrom(failedJob({ input: text })));
    expect(parse({ ...completedJob(), input })).toEqual(storedFrom(completedJob({ input: text })));
  });
});
