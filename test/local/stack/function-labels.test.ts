import { describe, expect, it } from 'vitest';
import { labelFunctions } from '../../../lib/local/stack/function-labels.ts';

const label = (...ids: readonly string[]) => [...labelFunctions(ids).values()];

describe('labels of functions', () => {
  it('are what tells them apart', () => {
    expect(label('JobsApiFunction5C8DB2FB', 'JobsProducerFunctionA7E0F1C2', 'JobsConsumerFunction00112233')).toEqual([
      'api',
      'producer',
      'consumer',
    ]);
  });

  it('keep the words that differ, several if need be', () => {
    expect(label('OneJobsApiFunction', 'TwoJobsApiFunction', 'TwoJobsConsumerFunction')).toEqual([
      'one-jobs-api',
      'two-jobs-api',
      'two-jobs-consumer',
    ]);
  });

  it('keep a word where nothing differs, or nothing is there to differ from', () => {
    expect(label('JobsApi11112222')).toEqual(['jobs-api']);
    expect(label('Api11112222', 'Api33334444')).toEqual(['api', 'api']);
    expect(label()).toEqual([]);
  });

  it('take a logical id without words as it is', () => {
    expect(label('É')).toEqual(['é']);
  });
});
