import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type AcceptedTransition,
  createHistoryChecker,
  type HistorySummary,
  type Invariant,
} from '../../../lib/core/index.ts';

const JOB = 'job';
const START = 1_000;

/** A step of the job `job`, a millisecond after the one before it. */
type Step = Omit<AcceptedTransition, 'jobId' | 'at' | 'since'>;

const SUBMIT: Step = { event: 'submit', to: 'dispatched', attempt: 0 };
const claim = (attempt: number, maxRuns = 8): Step => ({
  event: 'claim',
  from: 'dispatched',
  to: 'running',
  attempt,
  maxRuns,
});
const fail = (attempt: number): Step => ({ event: 'fail', from: 'running', to: 'dispatched', attempt });
const failForGood = (attempt: number, reason = 'Error'): Step => ({
  event: 'fail',
  from: 'running',
  to: 'failed',
  attempt,
  reason,
});
const complete = (attempt: number): Step => ({ event: 'complete', from: 'running', to: 'completed', attempt });
const retry = (attempt: number): Step => ({ event: 'retry', from: 'failed', to: 'dispatched', attempt });

function chain(steps: readonly Step[]): readonly AcceptedTransition[] {
  return steps.map((step, index) => ({
    jobId: JOB,
    ...step,
    at: START + index,
    ...(index === 0 ? {} : { since: START + index - 1 }),
  }));
}

function summarize(transitions: readonly AcceptedTransition[]): HistorySummary {
  const checker = createHistoryChecker();
  for (const transition of transitions) {
    checker.add(transition);
  }
  return checker.summarize();
}

function invariantsOf(transitions: readonly AcceptedTransition[]): readonly Invariant[] {
  return [...new Set(summarize(transitions).violations.map(({ invariant }) => invariant))].sort();
}

/** Failed twice, re-opened, given back once, completed, and put in order afterwards. */
const LONG = chain([
  SUBMIT,
  claim(1),
  fail(1),
  claim(2),
  failForGood(2),
  retry(2),
  claim(3),
  { event: 'interrupt', from: 'running', to: 'queued', attempt: 3 },
  { event: 'dispatch', from: 'queued', to: 'dispatched', attempt: 3 },
  claim(4),
  { event: 'cancel', from: 'running', to: 'running', attempt: 4 },
  complete(4),
]);

/** When the last run of {@link LONG} was claimed. */
const CLAIMED = START + 9;
const MINUTE = 60_000;

const told = (attempt: number, since: number, at: number): AcceptedTransition => ({
  jobId: JOB,
  event: 'progress',
  from: 'running',
  to: 'running',
  attempt,
  at,
  since,
});

describe('a true history', () => {
  it('has no violation, no gap, and an end', () => {
    expect(summarize(LONG)).toEqual({ jobs: 1, transitions: LONG.length, violations: [], gaps: [], unfinished: [] });
  });

  it('is told by its lines in any order, and by each line once or more', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray([...LONG], { minLength: LONG.length }), fc.subarray([...LONG]), (all, again) => {
        expect(summarize([...all, ...again])).toMatchObject({ violations: [], gaps: [], unfinished: [] });
      }),
    );
  });

  it('is over where nothing is known but that its end was put in order', () => {
    const inOrder: AcceptedTransition = {
      jobId: JOB,
      event: 'move-lane',
      from: 'failed',
      to: 'failed',
      attempt: 0,
      at: 1,
      reason: 'Error',
    };
    expect(summarize([inOrder])).toMatchObject({ violations: [], unfinished: [] });
  });

  it('is unfinished until its last line, and again when a person re-opens the job', () => {
    expect(summarize(LONG.slice(0, 4)).unfinished).toHaveLength(1);
    expect(summarize(LONG.slice(0, 5)).unfinished).toEqual([]);
    expect(summarize(LONG.slice(0, 6)).unfinished).toHaveLength(1);
  });

  it('is over by its last attempt, where its log begins after an earlier end', () => {
    const steps = chain([SUBMIT, claim(1), failForGood(1), retry(1), claim(2), complete(2)]).slice(3);
    expect(summarize(steps)).toMatchObject({ violations: [], unfinished: [] });
    expect(summarize(steps.slice(0, 2)).unfinished).toEqual([JOB]);
  });

  it('keeps jobs apart', () => {
    const other = LONG.map((step) => ({ ...step, jobId: 'other' }));
    expect(summarize([...LONG, ...other])).toMatchObject({ jobs: 2, violations: [], gaps: [] });
  });

  it('shows a gap where a line is missing, and is not called false for it', () => {
    for (let index = 0; index < LONG.length - 1; index += 1) {
      const { violations, gaps } = summarize(LONG.filter((_, other) => other !== index));
      // Who submits by SDK writes no line.
      expect({ index, violations, gaps: gaps.length }).toEqual({ index, violations: [], gaps: Number(index > 0) });
    }
  });

  it('may move a final job to its lane, and tell of progress, as often as it likes', () => {
    const moved: AcceptedTransition = {
      jobId: JOB,
      event: 'move-lane',
      from: 'completed',
      to: 'completed',
      attempt: 4,
      at: START + 20,
      since: START + LONG.length - 1,
    };
    expect(summarize([...LONG, moved, moved, told(4, CLAIMED, CLAIMED + 1), told(4, CLAIMED, CLAIMED)])).toMatchObject({
      violations: [],
      gaps: [],
    });
  });
});

describe('an attempt that was left out', () => {
  it('is a gap: its line may be missing', () => {
    expect(summarize(chain([SUBMIT, claim(1), fail(1), claim(3)]))).toMatchObject({
      violations: [],
      gaps: [{ jobId: JOB, detail: 'claim (dispatched → running, attempt 3)' }],
    });
  });

  it('is a gap where something is told of its run', () => {
    expect(summarize([...LONG, told(4, CLAIMED, CLAIMED)]).gaps).toEqual([]);
    const running = LONG.filter(({ event }) => event !== 'complete');
    expect(summarize([...running, told(7, START + 50, START + 51)])).toMatchObject({
      violations: [],
      gaps: [{ jobId: JOB, detail: 'progress (running → running, attempt 7)' }],
    });
  });

  it('is none that charges could be counted over', () => {
    const runs = [1, 2, 3, 4].flatMap((attempt) => [claim(attempt, 2), fail(attempt)]);
    const history = chain([SUBMIT, ...runs]);
    expect(invariantsOf(history)).toEqual(['I7']);
    expect(invariantsOf(history.filter(({ event, attempt }) => event !== 'fail' || attempt !== 2))).toEqual([]);
    expect(invariantsOf(history.filter(({ event, attempt }) => event !== 'claim' || attempt !== 3))).toEqual([]);
  });
});

describe('an item that was put', () => {
  it('has no line before what is first done about it, nor has a claim of one that only waited', () => {
    const put: AcceptedTransition = { jobId: JOB, event: 'submit', to: 'queued', attempt: 0 };
    const waits: AcceptedTransition = { ...put, event: 'postpone', from: 'queued', at: START };
    const claimed: AcceptedTransition = { jobId: JOB, ...claim(1), from: undefined, at: START + 5 };
    const ended: AcceptedTransition = { jobId: JOB, ...complete(1), at: START + 6, since: START + 5 };
    expect(summarize([put, waits, claimed, ended])).toMatchObject({ violations: [], gaps: [], unfinished: [] });
    expect(summarize([waits, { ...waits, at: START + 1 }, claimed, ended])).toMatchObject({ violations: [], gaps: [] });
    expect(summarize([{ ...put, at: START }, claimed, ended]).gaps).toHaveLength(1);
  });
});

describe('a job that was submitted by SDK', () => {
  it('has no line of its submit, which whatever followed that may name', () => {
    const [, claimed, ...rest] = LONG;
    const again: AcceptedTransition = {
      jobId: JOB,
      event: 'dispatch',
      from: 'dispatched',
      to: 'dispatched',
      attempt: 0,
      at: START + 90,
      since: START,
    };
    const all = [again, claimed as AcceptedTransition, ...rest];
    expect(summarize(all).gaps).toEqual([]);
    expect(summarize([...all, { ...again, since: START - 1 }]).gaps).toHaveLength(1);
  });
});

describe('a false history', () => {
  it('is false where an end names the claim of another run, or was decided before its own', () => {
    const steps = chain([SUBMIT, claim(1), complete(1)]);
    const [submitted, claimed, completed] = steps as [AcceptedTransition, AcceptedTransition, AcceptedTransition];
    expect(invariantsOf([submitted, claimed, { ...completed, attempt: 2 }])).toEqual(['I4']);
    expect(invariantsOf([submitted, { ...claimed, at: START + 86_400_000 }, completed])).toEqual(['I5']);
  });

  const run = chain([SUBMIT, claim(1)]);
  const late = { at: START + 9, since: START + 1, jobId: JOB };

  it.each<[string, Invariant, readonly AcceptedTransition[]]>([
    [
      'two ends of one run',
      'I3',
      [...run, { ...late, ...complete(1) }, { ...late, ...failForGood(1), at: START + 10 }],
    ],
    [
      'an end that nobody opened again',
      'I4',
      chain([SUBMIT, claim(1), complete(1), { ...claim(2), from: 'completed' }]),
    ],
    [
      'a run after the one that completed the job, whatever led to it',
      'I3',
      [...chain([SUBMIT, claim(1), complete(1)]), { ...late, ...claim(2), since: START + 2 }],
    ],
    ['an attempt that fell', 'I4', chain([SUBMIT, claim(1), fail(1), claim(1)])],
    [
      'a worker that came back',
      'I5',
      [
        ...run,
        { ...late, event: 'lease-ended', from: 'running', to: 'dispatched', attempt: 1 },
        { ...late, ...complete(1), at: START + 10 },
      ],
    ],
    [
      'a worker that came back after a cancel request',
      'I5',
      [
        ...run,
        { ...late, event: 'cancel', from: 'running', to: 'running', attempt: 1 },
        {
          ...late,
          event: 'lease-ended',
          from: 'running',
          to: 'dispatched',
          attempt: 1,
          at: START + 10,
          since: START + 9,
        },
        { ...late, ...complete(1), at: START + 11 },
      ],
    ],
    ['two claims of one state', 'I5', [...run, { ...late, ...claim(1), at: START + 10, since: START }]],
    ['a progress of one run under the number of another', 'I4', [...LONG, told(7, CLAIMED, CLAIMED + 1)]],
    ['a progress of a run that was claimed at another time', 'I5', [...LONG, told(4, CLAIMED - 1, CLAIMED + 1)]],
    ['a progress before its run', 'I5', [...LONG, told(4, CLAIMED, CLAIMED - 1)]],
    ['a progress after its run had ended', 'I5', [...LONG, told(4, CLAIMED, CLAIMED + 3)]],
    ['a progress long after a later run had ended', 'I5', [...LONG, told(1, START + 1, CLAIMED + 3 * MINUTE)]],
    [
      'a progress long after its lease had ended',
      'I5',
      [
        ...run,
        { ...late, event: 'lease-ended', from: 'running', to: 'dispatched', attempt: 1 },
        told(1, START + 1, START + 20 * MINUTE),
      ],
    ],
    [
      'a cancel request that found an end',
      'I5',
      [
        ...chain([SUBMIT, claim(1), complete(1)]),
        { jobId: JOB, event: 'cancel', from: 'running', to: 'running', attempt: 1, at: START + 3, since: START + 2 },
      ],
    ],
    [
      'a cancel request long after the end',
      'I5',
      [
        ...chain([SUBMIT, claim(1), complete(1)]),
        {
          jobId: JOB,
          event: 'cancel',
          from: 'running',
          to: 'running',
          attempt: 1,
          at: START + 20 * MINUTE,
          since: START + 1,
        },
      ],
    ],
    [
      'an end long before its beginning',
      'I5',
      [
        ...run,
        { ...late, event: 'lease-ended', from: 'running', to: 'dispatched', attempt: 1, at: START - 3 * MINUTE },
      ],
    ],
    ['a cancel that nobody asked for', 'I6', chain([SUBMIT, claim(1), { ...fail(1), to: 'canceled' }])],
    [
      'a crash with the reason of a handler',
      'I6',
      chain([SUBMIT, claim(1), { ...failForGood(1, 'TypeError'), event: 'lease-ended' }]),
    ],
    ['a reason of what did not fail', 'I6', chain([SUBMIT, claim(1), { ...complete(1), reason: 'Error' }])],
    ['a submit of what was there', 'I4', chain([{ ...SUBMIT, from: 'queued' }])],
    ['a completion without a run', 'I6', chain([SUBMIT, complete(0)])],
    ['a failure without a reason', 'I6', chain([SUBMIT, claim(1), failForGood(1, '')])],
    ['more runs than the budgets have', 'I7', chain([SUBMIT, claim(1, 2), fail(1), claim(2, 2), fail(2), claim(3, 2)])],
  ])('is caught: %s', (_, invariant, transitions) => {
    expect(invariantsOf(transitions)).toContain(invariant);
    expect(invariantsOf([...transitions].reverse())).toEqual(invariantsOf(transitions));
  });

  it('says which job, which steps and what is wrong', () => {
    const { violations } = summarize(chain([SUBMIT, claim(1), fail(1), claim(2), fail(2), claim(2)]));
    expect(violations).toContainEqual({ invariant: 'I4', jobId: JOB, detail: 'attempt 2 was claimed twice' });
    expect(violations).toContainEqual({
      invariant: 'I4',
      jobId: JOB,
      detail: 'claim (dispatched → running, attempt 2): followed attempt 2',
    });
    expect(summarize([{ jobId: JOB, event: 'reject', to: 'queued', attempt: 0 }]).violations).toEqual([
      { invariant: 'I4', jobId: JOB, detail: 'reject (nothing → queued, attempt 0): not in the table of transitions' },
    ]);
  });

  it('knows nothing of a job it never heard of', () => {
    expect(createHistoryChecker().check('nobody')).toEqual({ violations: [], gaps: [], isFinal: false });
  });
});
