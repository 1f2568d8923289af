import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { readLogLine } from '../../lib/cli/read-transitions.ts';
import {
  type AcceptedTransition,
  createHistoryChecker,
  type HistorySummary,
  isAllowed,
  isFinal,
  type Status,
  TRANSITIONS,
} from '../../lib/core/index.ts';
import { createJsonLogger, createLogTelemetry } from '../../lib/telemetry/index.ts';
import { createFaults } from '../pipeline/faults.ts';
import { type Fixture, jobOf, rawPut, setup } from '../pipeline/sample-jobs.ts';

type Step = AcceptedTransition;

/** A whole log: of jobs that failed, crashed, told progress, were canceled while they waited and ran, re-opened, delayed, put raw. */
async function createLog(): Promise<readonly Step[]> {
  const stack: Fixture = setup(({ sleep }) => {
    const work = async (): Promise<void> => await sleep(10);
    return [
      jobOf('plain', work),
      jobOf('flaky', async (_, { attempt, progress }) => {
        await sleep(1_500);
        await progress('half');
        await sleep(1_500);
        if (attempt < 3) throw new Error('not yet');
      }),
      jobOf('hopeless', async () => {
        await work();
        throw new Error('always');
      }),
      jobOf('unwanted', async (_, { jobId }) => {
        await work();
        await stack.cancel(jobId);
        await work();
        throw new Error('heeded');
      }),
    ];
  });
  const submit = (type: string, options = {}) => stack.submit(jobOf(type, () => null).definition, 1, options);
  await submit('flaky');
  const doomed = createFaults(({ event }) => (event === 'fail' ? 'die-before' : undefined));
  await stack.clock.run(Promise.race([stack.deliver({ wrap: doomed.wrap }), doomed.died]));
  const hopeless = await submit('hopeless', { maxAttempts: 2 });
  await submit('unwanted');
  await stack.cancel((await submit('plain', { runAt: stack.clock.now() + 5_000 })).id);
  await submit('plain', { runAt: stack.clock.now() + 3_600_000 });
  stack.store.putRaw({ ...rawPut({ id: 'raw', nextAt: stack.clock.now() }), type: 'plain' });
  const later = stack.clock.now() + 3_600_000;
  stack.store.putRaw({ ...rawPut({ id: 'raw-later', nextAt: stack.clock.now() }), type: 'plain', dueAt: later });
  await stack.runToEnd();
  await stack.retry(hopeless.id);
  await stack.runToEnd();
  const steps: Step[] = [];
  const write = (text: string): void => {
    const line = readLogLine(text);
    if (line.kind !== 'transition') throw new Error(`${line.kind}: ${text}`);
    steps.push(line.transition);
  };
  const telemetry = createLogTelemetry(createJsonLogger({ source: 'consumer', write, now: () => 0 }));
  for (const job of stack.recorder.submissions) telemetry.submitted(job);
  for (const job of stack.recorder.claims) telemetry.claimed(job);
  for (const change of stack.recorder.changes) telemetry.accepted(change);
  return steps;
}

let log: readonly Step[] = [];
beforeAll(async () => {
  log = await createLog();
});

function check(steps: readonly Step[]): HistorySummary {
  const checker = createHistoryChecker();
  for (const step of steps) checker.add(step);
  return checker.summarize();
}

const STATUSES: readonly Status[] = ['queued', 'dispatched', 'running', 'completed', 'failed', 'canceled'];
const EVENTS: readonly Step['event'][] = ['submit', ...new Set(TRANSITIONS.map(({ event }) => event))];

/** A log in which something was done to one line, and what became of that line, if it is still there. */
interface Doctored {
  readonly log: readonly Step[];
  readonly line: Step;
  readonly became: Step | undefined;
}

/** The same change of each line in turn, if it changes anything. */
const changing =
  (change: (line: Step, index: number) => readonly Partial<Step>[]) =>
  (lines: readonly Step[]): readonly Doctored[] =>
    lines.flatMap((line, index) =>
      change(line, index)
        .map((fields) => ({ ...line, ...fields }))
        .filter((became) => JSON.stringify(became) !== JSON.stringify(line) && isReadable(became))
        .map((became) => ({ log: lines.with(index, became), line, became })),
    );

/** Any other is named as unreadable. */
const isReadable = (step: Step): boolean =>
  readLogLine(JSON.stringify({ message: 'job claimed', ...step })).kind === 'transition';

const attemptsBeside = ({ attempt }: Step): readonly Partial<Step>[] =>
  [attempt - 1, attempt + 1, attempt + 7].map((other) => ({ attempt: other }));

const WAYS: Readonly<Record<string, (lines: readonly Step[]) => readonly Doctored[]>> = {
  'left out': (lines) => lines.map((line, index) => ({ log: lines.toSpliced(index, 1), line, became: undefined })),
  'told again under another attempt': (lines) =>
    changing(attemptsBeside)(lines).map(({ line, became }) => ({
      log: became === undefined ? lines : [...lines, became],
      line,
      became,
    })),
  'with another attempt': changing(attemptsBeside),
  'with another status': changing(() => STATUSES.map((to) => ({ to }))),
  'with another status before': changing(() => [undefined, ...STATUSES].map((from) => ({ from }))),
  'with another event': changing(() => EVENTS.map((event) => ({ event }))),
  'with another reason': changing(() => [undefined, '', 'OtherError'].map((reason) => ({ reason }))),
  'with another time': changing(({ at = 0 }) => [1, at - 1, at + 1, at + 86_400_000].map((other) => ({ at: other }))),
  'following another time': changing(({ since = 0 }) =>
    [undefined, 1, since - 1, since + 1].map((other) => ({ since: other })),
  ),
  'of another job': changing(() => [{ jobId: 'job-of-nobody' }, { jobId: 'raw' }]),
  'in exchange of its times with the line before it': (lines) =>
    changing((_, index) => [{ at: lines.at(index - 1)?.at, since: lines.at(index - 1)?.since }])(lines),
  'before the line before it': (lines) =>
    lines.slice(1).map((line, index) => {
      const before = lines[index] ?? line;
      return { log: lines.with(index, line).with(index + 1, before), line, became: line };
    }),
};

/** Whether a later line says that it came after this one. */
const isNamed = ({ jobId, at, to, attempt }: Step): boolean =>
  log.some((other) => other.jobId === jobId && other.since === at && other.from === to && other.attempt >= attempt);

const isAlike = (line: Step, became: Step): boolean =>
  line.from === became.from && line.to === became.to && line.at === became.at && line.since === became.since;

/** What no reader of a log can see, and why. */
const UNSEEN: Readonly<Record<string, (doctored: Doctored) => boolean>> = {
  'Lines of several processes have no order.': ({ log: doctored }) =>
    doctored.length === log.length && doctored.every((step) => log.includes(step)),
  'Nobody names the line that was left out: it was the last of its job, or told a progress.': ({ line, became }) =>
    became === undefined && !isNamed(line),
  'Who submits by SDK writes no line, so that one may be missing.': ({ line, became }) =>
    line.event === 'submit' && became?.jobId !== line.jobId,
  'The first write about an item that was put is told as its submit, too.': ({ line, became }) =>
    line.event === 'dispatch' && line.since === undefined && (became?.from !== line.from || became?.jobId !== 'raw'),
  'The history of an item that was put begins after its submit, which nobody names.': ({ line }) =>
    line.event === 'submit' && line.at === undefined,
  'Nobody names the time of the line, and it may be.': ({ line, became }) =>
    became !== undefined &&
    !isNamed(line) &&
    line.event === became.event &&
    isAlike({ ...line, at: 0 }, { ...became, at: 0 }),
  'Two events lead from the one status to the other.': ({ line, became }) =>
    became !== undefined &&
    line.event !== became.event &&
    became.event !== 'submit' &&
    isAlike(line, became) &&
    isAllowed(became.event, became.from, became.to),
  'An error of a handler may have any name.': ({ line, became }) =>
    line.event === 'fail' && became?.reason === 'OtherError' && isAlike(line, became),
};

describe('a log of which a line was', () => {
  it('left as it is, is true and whole', () => {
    expect(new Set(log.map(({ event }) => event))).toEqual(
      new Set([
        'submit',
        'claim',
        'progress',
        'cancel',
        'complete',
        'fail',
        'lease-ended',
        'retry',
        'dispatch',
        'postpone',
      ]),
    );
    expect(log.filter(({ from, to }) => from === 'running' && to === 'canceled')).toHaveLength(1);
    expect(check(log)).toMatchObject({ jobs: 7, violations: [], gaps: [], unfinished: [] });
  });

  it.each(Object.keys(WAYS))('%s is wrong or has a gap, but for what nobody can see', (way) => {
    const doctored = WAYS[way]?.(log) ?? [];
    expect(doctored.length).toBeGreaterThan(0);
    const silent = doctored.filter((one) => {
      const { violations, gaps } = check(one.log);
      return violations.length + gaps.length === 0;
    });
    const unexplained = silent.filter((one) => !Object.values(UNSEEN).some((isUnseen) => isUnseen(one)));
    expect(unexplained.map(({ line, became }) => `${JSON.stringify(line)} became ${JSON.stringify(became)}`)).toEqual(
      [],
    );
  });

  it.each(Object.keys(UNSEEN))('changed, is taken for true where this holds: %s', (why) => {
    const silent = Object.values(WAYS)
      .flatMap((doctor) => doctor(log))
      .filter((one) => UNSEEN[why]?.(one))
      .map((one) => check(one.log));
    expect(silent.some(({ violations, gaps }) => violations.length + gaps.length === 0)).toBe(true);
  });

  it('left out is never called false, whatever else was, and whatever came twice', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray([...log]), (kept) => {
        expect(check([...kept, ...kept.slice(0, 5)]).violations).toEqual([]);
      }),
      { numRuns: 1_000 },
    );
  });

  it('left out, and the last of its job, leaves that unfinished', () => {
    for (const [index, line] of log.entries()) {
      if (isFinal(line.to) && !isNamed(line)) expect(check(log.toSpliced(index, 1)).unfinished).toHaveLength(1);
    }
  });
});
