import { describe, expect, it } from 'vitest';
import { parseFaultsOptions, parseLoadOptions, parseSoakOptions } from './options.ts';

describe('the options of faults, soak and load', () => {
  it('name what is to run', () => {
    const args = '--engines --scenario plain --seeds 2 --from 7 --faults receive#0:receive-lost'.split(' ');
    expect(parseFaultsOptions(args)).toMatchObject({
      engines: true,
      scenario: { name: 'plain' },
      seeds: 2,
      from: 7,
      faults: new Set(['receive#0:receive-lost']),
    });
    expect(parseFaultsOptions([])).toMatchObject({ engines: false, scenario: undefined });
    expect(parseSoakOptions(['--minutes', '1'], 3)).toEqual({ minutes: 1, jobs: 5_000, seed: 3 });
    expect(parseLoadOptions([])).toEqual({ loads: ['drain', 'burst', 'throttled'], jobs: 100_000, minutes: 5 });
    expect(parseLoadOptions(['--only', 'throttled,drain', '--jobs', '7'])).toMatchObject({
      loads: ['drain', 'throttled'],
      jobs: 7,
    });
  });

  it.each([
    ['--engines --seeds x', 'Expected --seeds to be a whole number from 1 to 4294967295, got "x".'],
    ['--engines --seeds 0', 'got "0"'],
    ['--engines --scenario plane', 'There is no scenario "plane"'],
    ['--engines --faults claim', '"claim" is no fault'],
    ['--seeds 5', 'Add --engines.'],
    ['--sead 5', "Unknown option '--sead'"],
  ])('fails for faults %s and says what was expected', (args, message) => {
    expect(() => parseFaultsOptions(args.split(' '))).toThrow(message);
  });

  it.each([
    ['--minutes x', 'Expected --minutes to be a whole number from 1 to 10080, got "x".'],
    ['--jobs 1.5', 'got "1.5"'],
    ['--seed 1e3', 'got "1e3"'],
  ])('fails for soak %s and says what was expected', (args, message) => {
    expect(() => parseSoakOptions(args.split(' '), 0)).toThrow(message);
  });

  it.each([
    ['--only drain,flood', 'Expected --only to name drain, burst, throttled, got "flood".'],
    ['--only=', 'got ""'],
    ['--jobs 0', 'Expected --jobs to be a whole number from 1 to 1000000, got "0".'],
    ['--minutes -1', /^Option '--minutes' argument is ambiguous\.$/],
    ['--minutes 0.5', 'got "0.5"'],
    ['--sead 5', /^Unknown option '--sead'\.$/],
    ['fast', /^Unexpected argument 'fast'\.$/],
  ])('fails for load %s and says what was expected', (args, message) => {
    expect(() => parseLoadOptions(args.split(' '))).toThrow(message);
  });
});
