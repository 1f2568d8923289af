import { Duration } from 'aws-cdk-lib/core';
import { describe, expect, it } from 'vitest';
import { AsyncEndpoints, InvalidPropsError } from '../../lib/cdk/index.ts';
import { createApp, setup } from './test-stack.ts';

/** The props as an app without types may write them. */
const problemsOf = (props: Readonly<Record<string, unknown>>): readonly string[] => {
  try {
    setup(props);
  } catch (error) {
    if (error instanceof InvalidPropsError) return error.problems;
    throw error;
  }
  return [];
};

describe('props of another kind than their type', () => {
  it.each<[Readonly<Record<string, unknown>>, string]>([
    [{ jobsDirectory: undefined }, 'jobsDirectory is undefined, but must be a text'],
    [{ concurrency: '20' }, 'concurrency is "20", but must be a number'],
    [{ retention: 14 }, 'retention is 14, but must be a Duration, such as Duration.minutes(5)'],
    [{ queueName: 5 }, 'queueName is 5, but must be a text'],
    [{ listCompleted: 'yes' }, 'listCompleted is "yes", but must be true or false'],
    [{ consumer: 300 }, 'consumer is 300, but must be an object'],
    [{ consumer: { timeout: 300 } }, 'consumer.timeout is 300, but must be a Duration, such as Duration.minutes(5)'],
    [{ consumer: { environment: { LEVEL: 3 } } }, 'consumer.environment is an object, but must be an object of texts'],
    [{ queue: null }, 'queue is null, but must be an object'],
    [{ api: true }, 'api is true, but must be an object or false'],
    [{ api: { auth: 'iam' } }, 'api.auth is "iam", but must be an object'],
    [{ alarms: { actions: {} } }, 'alarms.actions is an object, but must be a list'],
    [{ webhooks: {} }, 'webhooks.allowedHosts is undefined, but must be a list of texts'],
    [{ webhooks: { allowedHosts: 'a.example' } }, 'webhooks.allowedHosts is "a.example", but must be a list of texts'],
  ])('fails for %j, naming the prop, its value and what it must be', (props, problem) => {
    expect(problemsOf(props)).toEqual([problem]);
  });

  it('fails for a prop that there is not, and lists those that there are', () => {
    expect(problemsOf({ producer: { timeOut: Duration.minutes(1) } })).toEqual([
      'producer.timeOut is no prop: there are timeout, memorySize, stayAwake, queueDepthCap',
    ]);
  });

  it('fails with all of them at once, and before their ranges', () => {
    expect(problemsOf({ concurrency: '1', shards: 0, api: { rateLimit: '5' } })).toEqual([
      'concurrency is "1", but must be a number',
      'api.rateLimit is "5", but must be a number',
    ]);
  });

  it('fails without props', () => {
    const create = () => new AsyncEndpoints(createApp(), 'Jobs', undefined as never);
    expect(create).toThrow(InvalidPropsError);
    expect(create).toThrow('props is undefined, but must be an object');
  });

  it('are none where parts are switched off or left out', () => {
    expect(problemsOf({ api: false, alarms: false, queue: undefined })).toEqual([]);
  });
});
