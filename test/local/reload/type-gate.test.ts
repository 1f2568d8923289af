import { describe, expect, it } from 'vitest';
import type { TypeReport } from '../../../lib/local/reload/type-check.ts';
import { TypeGate } from '../../../lib/local/reload/type-gate.ts';

const PATIENT_MS = 60_000;

const setup = (coldLimitMs = PATIENT_MS) => {
  const said: string[] = [];
  const answers: ((errors?: readonly string[]) => void)[] = [];
  const gate = new TypeGate({
    check: () =>
      new Promise<TypeReport | undefined>((resolve) =>
        answers.push((errors) => resolve(errors && { text: errors.join(), errors: new Set(errors) })),
      ),
    onLine: (text, level) => said.push(`${level}: ${text}`),
    coldLimitMs,
  });
  const trial = new AbortController();
  return {
    said,
    answer: (...errors: readonly string[]) => answers.shift()?.(errors),
    answerNothing: () => answers.shift()?.(),
    begin: () => gate.begin([]),
    judge: () => gate.judge([], trial.signal),
    trial,
  };
};

const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('the gate of types', () => {
  it('lets code run that fits, without a word', async () => {
    const { said, answer, judge } = setup();
    const { mayRun } = judge();
    answer();
    expect(await mayRun).toBe(true);
    expect(said).toEqual([]);
  });

  it('holds code with an error, shows it, and says when types fit again', async () => {
    const { said, answer, judge } = setup();
    const wrong = judge();
    answer('a.ts TS1');
    expect(await wrong.mayRun).toBe(false);
    const mended = judge();
    answer();
    expect(await mended.mayRun).toBe(true);
    expect(said).toEqual([
      'error: The code before goes on running, types do not fit:\n\na.ts TS1',
      'info: types fit again',
    ]);
  });

  it('holds nothing back for errors of the code that runs, from the start or since it took too long', async () => {
    const { said, answer, begin, judge } = setup();
    begin();
    answer('a.ts TS1');
    const same = judge();
    answer('a.ts TS1');
    expect(await same.mayRun).toBe(true);
    const other = judge();
    answer('a.ts TS1', 'b.ts TS2');
    expect(await other.mayRun).toBe(false);
    expect(said.map((line) => line.slice(0, line.indexOf(';')))).toEqual([
      'warn: types do not fit',
      expect.stringContaining('warn: types do not fit, nor did they before'),
      expect.stringContaining('error: The code before goes on running'),
    ]);
  });

  it('does not hold code longer than its limit while the compiler starts, and shows what the compiler says later', async () => {
    const { said, answer, judge } = setup(0);
    const late = judge();
    expect(await late.mayRun).toBe(true);
    late.keep();
    answer('a.ts TS1');
    await settled();
    expect(said).toEqual([expect.stringMatching(/^warn: .*took too long.*a\.ts TS1$/s)]);
  });

  it('knows errors of late code as those of code that runs', async () => {
    const { answer, judge } = setup();
    const held = judge();
    held.keep();
    answer('a.ts TS1');
    await settled();
    const next = judge();
    answer('a.ts TS1');
    expect(await next.mayRun).toBe(true);
  });

  it('says nothing of code that newer code takes the place of, and holds up nobody', async () => {
    const { said, answer, judge, trial } = setup();
    const { mayRun } = judge();
    trial.abort();
    expect(await mayRun).toBe(true);
    answer('a.ts TS1');
    await settled();
    expect(said).toEqual([]);
  });

  it('lets code run of which nothing was checked', async () => {
    const { said, answerNothing, judge } = setup();
    const { mayRun } = judge();
    answerNothing();
    expect(await mayRun).toBe(true);
    expect(said).toEqual([]);
  });
});
