import { describe, expect, it } from 'vitest';
import type { Job } from '../../lib/core/index.ts';
import { checkTruth, type Evidence } from './check-truth.ts';
import type { Effect } from './effects.ts';

const did = (attempt: number, ...steps: readonly Effect['step'][]): readonly Effect[] =>
  steps.map((step) => ({ jobId: 'a', attempt, step }));

const completed = {
  id: 'a',
  status: 'completed',
  attempt: 2,
  failures: 0,
  crashes: 1,
  maxCrashes: 2,
  result: '{"attempt":2}',
  history: [{ status: 'completed', at: 1, attempt: 2 }],
} as unknown as Job;

const failed = {
  ...completed,
  status: 'failed',
  result: undefined,
  error: { name: 'RangeError', attempt: 2 },
  history: [{ status: 'failed', at: 1, attempt: 2 }],
} as unknown as Job;

const ran = [...did(1, 'started'), ...did(2, 'started', 'returned')];
const threw = [...did(1, 'started'), ...did(2, 'started', 'threw')];

const check = (job: Job | undefined, effects: readonly Effect[], more: Partial<Evidence> = {}) =>
  checkTruth({
    promised: [{ id: 'a', status: 'completed' }],
    jobs: new Map(job === undefined ? [] : [['a', job]]),
    effects,
    endings: new Map([['a', 1]]),
    ...more,
  });

const NOTHING = { lost: [], duplicated: [], unexpected: [] };
const toFail = { promised: [{ id: 'a', status: 'failed', reason: 'RangeError' }] } as const;

describe('what is true', () => {
  it('is a job that ended as promised, in the attempt that did so', () => {
    expect(check(completed, ran)).toEqual(NOTHING);
    expect(check(failed, threw, toFail)).toEqual(NOTHING);
  });

  it('is a job whose end nobody lived to tell', () => {
    expect(check(completed, ran, { endings: new Map() })).toEqual(NOTHING);
  });
});

describe('what is not', () => {
  it('fails a job that is absent or not final as lost', () => {
    expect(check(undefined, ran).lost).toEqual(['a is absent']);
    expect(check({ ...completed, status: 'running' } as unknown as Job, ran).lost).toEqual(['a is running']);
  });

  it('fails a job that ended twice, by its log or by its history', () => {
    expect(check(completed, ran, { endings: new Map([['a', 2]]) }).duplicated).toHaveLength(1);
    const history = [...completed.history, ...completed.history];
    expect(check({ ...completed, history } as Job, ran).duplicated).toHaveLength(1);
  });

  it.each<[string, Job, readonly Effect[], Partial<Evidence>]>([
    ['another status than promised', completed, ran, toFail],
    ['another reason than promised', failed, threw, { promised: [{ id: 'a', status: 'failed', reason: 'TypeError' }] }],
    ['an attempt that never returned', completed, did(2, 'started'), {}],
    ['an attempt that never threw', failed, did(2, 'started'), toFail],
    ['the result of another attempt', { ...completed, result: '{"attempt":1}' } as Job, ran, {}],
    ['an attempt that began twice', completed, [...ran, ...did(2, 'started')], {}],
    ['an attempt that the table does not know', completed, [...ran, ...did(3, 'started')], {}],
    ['more failures than attempts', { ...completed, failures: 2 }, ran, {}],
  ])('fails %s', (_, job, effects, more) => {
    expect(check(job, effects, more).unexpected).toHaveLength(1);
  });
});
