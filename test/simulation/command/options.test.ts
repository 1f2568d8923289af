import { describe, expect, it } from 'vitest';
import { parseOptions } from './options.ts';

describe('the options of the command', () => {
  it('name seeds, workers, a scenario and its faults', () => {
    const args = '--scenario plain --from 7 --seeds 1 --workers 3 --faults consumer-1/claim#0:answer-lost, --trace';
    expect(parseOptions(args.split(' '))).toMatchObject({
      scenario: { name: 'plain' },
      from: 7,
      seeds: 1,
      workers: 3,
      faults: new Set(['consumer-1/claim#0:answer-lost']),
      trace: true,
    });
    expect(parseOptions([])).toMatchObject({ scenario: undefined, seeds: 1_000, from: 0, faults: undefined });
  });

  it.each([
    ['--seeds 0', 'Expected --seeds to be a whole number from 1 to 4294967296, got "0".'],
    ['--from 4294967295 --seeds 2', 'Expected --seeds to be a whole number from 1 to 1, got "2".'],
    ['--seeds 1e3', 'got "1e3"'],
    ['--from -1', "'--from'"],
    ['--from=-1', 'Expected --from to be a whole number from 0 to 4294967295, got "-1".'],
    ['--workers none', 'Expected --workers to be a whole number from 1 to 64, got "none".'],
    ['--workers 65', 'from 1 to 64, got "65".'],
    ['--scenario plane', 'There is no scenario "plane". Choose one of: plain,'],
    ['--scenario plain --faults claim', '"claim" is no fault. Expected an occasion and a kind'],
    ['--trace', 'belong to one scenario. Name it with --scenario.'],
    ['--seads 1', "Unknown option '--seads'"],
    ['1000', "Unexpected argument '1000'"],
  ])('fails for %s and says what was expected', (args, message) => {
    const parse = (): unknown => parseOptions(args.split(' '));
    expect(parse).toThrow(message);
    expect(parse).toThrow(expect.objectContaining({ code: 'usage' }));
  });
});
