import { PermanentError } from 'async-endpoints';
import { describe, expect, test } from 'vitest';
import { sleep } from '../../../../functions/jobs/sleep/definition.ts';
import { createSleeper } from '../../../../functions/jobs/sleep/sleeper.ts';

const CRASHED = new Error('the process has ended');

const setup = ({ allowed = true } = {}) => {
  const controller = new AbortController();
  const sleeper = createSleeper({
    allowsCrashes: () => allowed,
    crash: () => {
      throw CRASHED;
    },
  });
  return {
    abort: (reason: Error) => controller.abort(reason),
    run: (input: Parameters<typeof sleeper>[0], attempt = 1) => sleeper(input, { attempt, signal: controller.signal }),
  };
};

describe('sleep', () => {
  test('returns how long it slept', async () => {
    await expect(setup().run({ seconds: 0.01 })).resolves.toEqual({ slept: 0.01 });
  });

  test('fails with the reason of the signal as soon as it is aborted', async () => {
    const { run, abort } = setup();
    const slept = run({ seconds: 900 });
    abort(new Error('time is up'));

    await expect(slept).rejects.toThrow('time is up');
  });

  test('fails in the first attempts only', async () => {
    const { run } = setup();

    await expect(run({ seconds: 0, failTimes: 2 }, 1)).rejects.toThrow('Attempt 1');
    await expect(run({ seconds: 0, failTimes: 2 }, 2)).rejects.toThrow('Attempt 2');
    await expect(run({ seconds: 0, failTimes: 2 }, 3)).resolves.toEqual({ slept: 0 });
  });

  test('fails in a way that a later attempt can mend', async () => {
    await expect(setup().run({ seconds: 0, failTimes: 1 })).rejects.not.toBeInstanceOf(PermanentError);
  });

  test('fails by crashing in the first attempts only', async () => {
    const { run } = setup();

    await expect(run({ seconds: 0, crashTimes: 1 }, 1)).rejects.toBe(CRASHED);
    await expect(run({ seconds: 0, crashTimes: 1 }, 2)).resolves.toEqual({ slept: 0 });
    await expect(run({ seconds: 0, crashTimes: 1, failTimes: 2 }, 2)).rejects.toThrow('Attempt 2');
  });

  test.each([{ failTimes: 1 }, { crashTimes: 1 }])(
    'fails for good with %j where that is not allowed',
    async (input) => {
      await expect(setup({ allowed: false }).run({ seconds: 900, ...input })).rejects.toBeInstanceOf(PermanentError);
    },
  );

  test('needs no permission to sleep', async () => {
    const input = { seconds: 0, failTimes: 0, crashTimes: 0 };

    await expect(setup({ allowed: false }).run(input)).resolves.toEqual({ slept: 0 });
  });
});

describe('input of sleep', () => {
  const isValid = async (input: unknown): Promise<boolean> =>
    (await sleep.input['~standard'].validate(input)).issues === undefined;

  test.each([{ seconds: 0 }, { seconds: 0.5 }, { seconds: 900, failTimes: 0, crashTimes: 3 }])(
    'is valid: %j',
    async (input) => {
      await expect(isValid(input)).resolves.toBe(true);
    },
  );

  test.each([
    {},
    { seconds: '1' },
    { seconds: -1 },
    { seconds: 901 },
    { seconds: Number.NaN },
    { seconds: 1, failTimes: 1.5 },
    { seconds: 1, crashTimes: -1 },
    { seconds: 1, minutes: 1 },
    null,
  ])('fails: %j', async (input) => {
    await expect(isValid(input)).resolves.toBe(false);
  });
});
