import { afterEach, describe, expect, it, vi } from 'vitest';
import { readOptions } from '../../lib/client/from-env.ts';
import { regionOf, toPolicy } from '../../lib/client/options.ts';
import { InvalidDefinitionError, JobClient } from '../../lib/index.ts';

const REQUIRED = { tableName: 'jobs', queueUrl: 'https://sqs.eu-west-1.amazonaws.com/123456789012/jobs' };

describe('new JobClient', () => {
  it('connects to nothing by itself', () => {
    expect(() => new JobClient(REQUIRED)).not.toThrow();
  });

  it.each([
    [{ ...REQUIRED, tableName: '' }, 'tableName'],
    [{ tableName: 'jobs' }, 'queueUrl'],
    [{ ...REQUIRED, shards: 0 }, 'shards'],
    [{ ...REQUIRED, shards: 2.5 }, 'shards'],
    [{ ...REQUIRED, dispatchGraceSeconds: 3_601 }, 'dispatchGraceSeconds'],
  ])('fails for %j, naming %s', (options, name) => {
    const create = () => new JobClient(options as typeof REQUIRED);
    expect(create).toThrow(InvalidDefinitionError);
    expect(create).toThrow(name);
  });

  it('puts jobs where the deployment looks for them', () => {
    expect(toPolicy(REQUIRED)).toMatchObject({ queueName: 'default', shards: 4, dispatchGraceMs: 60_000 });
    expect(toPolicy({ ...REQUIRED, queueName: 'mail', shards: 8, dispatchGraceSeconds: 5 })).toMatchObject({
      queueName: 'mail',
      shards: 8,
      dispatchGraceMs: 5_000,
    });
  });

  it.each([
    ['https://sqs.eu-west-1.amazonaws.com/123456789012/jobs', 'eu-west-1'],
    ['https://sqs.cn-north-1.amazonaws.com.cn/123456789012/jobs', 'cn-north-1'],
    ['https://eu-west-1.queue.amazonaws.com/123456789012/jobs', 'eu-west-1'],
    ['http://127.0.0.1:4103/000000000000/jobs', undefined],
    ['jobs', undefined],
  ])('reads the region of %s', (queueUrl, region) => {
    expect(regionOf(queueUrl)).toBe(region);
  });
});

describe('JobClient.fromEnv', () => {
  afterEach(() => vi.unstubAllEnvs());

  it('reads what the construct and the local stack set', () => {
    expect(
      readOptions({
        ASYNC_ENDPOINTS_TABLE_NAME: 'jobs',
        ASYNC_ENDPOINTS_QUEUE_URL: REQUIRED.queueUrl,
        ASYNC_ENDPOINTS_QUEUE_NAME: 'mail',
        ASYNC_ENDPOINTS_SHARDS: '8',
        ASYNC_ENDPOINTS_DISPATCH_GRACE_SECONDS: '',
      }),
    ).toEqual({ ...REQUIRED, queueName: 'mail', shards: 8 });
  });

  it('makes a client', () => {
    vi.stubEnv('ASYNC_ENDPOINTS_TABLE_NAME', 'jobs');
    vi.stubEnv('ASYNC_ENDPOINTS_QUEUE_URL', REQUIRED.queueUrl);
    expect(JobClient.fromEnv()).toBeInstanceOf(JobClient);
  });

  it('fails naming everything that is missing and what to do', () => {
    vi.stubEnv('ASYNC_ENDPOINTS_TABLE_NAME', '');
    vi.stubEnv('ASYNC_ENDPOINTS_QUEUE_URL', undefined);
    expect(() => JobClient.fromEnv()).toThrow(InvalidDefinitionError);
    expect(() => JobClient.fromEnv()).toThrow(
      /ASYNC_ENDPOINTS_TABLE_NAME and ASYNC_ENDPOINTS_QUEUE_URL .*connect\(\).*\.local\/env.*new JobClient/,
    );
  });

  it('fails for a number that is none', () => {
    const environment = {
      ASYNC_ENDPOINTS_TABLE_NAME: 'jobs',
      ASYNC_ENDPOINTS_QUEUE_URL: REQUIRED.queueUrl,
      ASYNC_ENDPOINTS_SHARDS: 'four',
    };
    expect(() => readOptions(environment)).toThrow('ASYNC_ENDPOINTS_SHARDS is "four": expected a whole number.');
  });
});
