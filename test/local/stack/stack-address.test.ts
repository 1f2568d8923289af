import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { StackError } from '../../../lib/local/stack/index.ts';
import {
  readClientSettings,
  readOutputs,
  type StackAddress,
  toEnvironmentFile,
} from '../../../lib/local/stack/stack-address.ts';

const ADDRESS: StackAddress = {
  api: 'http://127.0.0.1:4100',
  dynamodb: 'http://127.0.0.1:4102',
  sqs: 'http://127.0.0.1:4103',
  s3: 'http://127.0.0.1:4104',
  region: 'us-east-1',
  accessKeyId: 'local',
  secretAccessKey: 'local',
  tableName: "a $table's name",
  queueUrl: 'http://127.0.0.1:4103/000000000000/jobs',
  deadLetterQueueUrl: 'http://127.0.0.1:4103/000000000000/jobs-dead',
};

describe('the outputs of a stack', () => {
  it('name the table and the queues', () => {
    expect(readOutputs({ ApiUrl: 'a', TableName: 't', QueueUrl: 'q', DeadLetterQueueUrl: 'd' })).toEqual({
      tableName: 't',
      queueUrl: 'q',
      deadLetterQueueUrl: 'd',
    });
  });

  it('may have a prefix; the first installation of a stack is taken', () => {
    const installation = (prefix: string) => ({
      [`${prefix}DeadLetterQueueUrl`]: `${prefix} d`,
      [`${prefix}QueueUrl`]: `${prefix} q`,
      [`${prefix}TableName`]: `${prefix} t`,
    });

    expect(readOutputs({ ...installation('Two'), ...installation('One') })).toEqual({
      tableName: 'One t',
      queueUrl: 'One q',
      deadLetterQueueUrl: 'One d',
    });
  });

  it('fails on a stack without them, and says what is missing', () => {
    expect(() => readOutputs({ Other: 'x' })).toThrow(StackError);
    expect(() => readOutputs({ Other: 'x' })).toThrow(/output named TableName; it has Other/);
  });
});

describe('the settings of clients', () => {
  it('are those of the functions that work on the same table', () => {
    const settings = {
      ASYNC_ENDPOINTS_QUEUE_NAME: 'orders',
      ASYNC_ENDPOINTS_SHARDS: '2',
      ASYNC_ENDPOINTS_DISPATCH_GRACE_SECONDS: '90',
    };
    const functions = [
      { environment: { ASYNC_ENDPOINTS_TABLE_NAME: 'other', ASYNC_ENDPOINTS_QUEUE_NAME: 'default' } },
      { environment: { ...settings, ASYNC_ENDPOINTS_TABLE_NAME: 'jobs', ASYNC_ENDPOINTS_RETENTION_DAYS: '14' } },
    ];
    expect(readClientSettings(functions, 'jobs')).toEqual(settings);
    expect(readClientSettings(functions, 'nobody’s')).toEqual({});
  });
});

describe('the environment file', () => {
  it('gives a shell the values, whatever characters they hold', () => {
    const file = toEnvironmentFile(ADDRESS, { ASYNC_ENDPOINTS_QUEUE_NAME: 'orders' });

    const environment = execFileSync('/bin/sh', ['-c', `${file}\nenv`], {
      encoding: 'utf8',
      env: { AWS_PROFILE: 'production', AWS_SESSION_TOKEN: 'real', PATH: '/usr/bin:/bin' },
    });

    const lines = environment.split('\n');
    expect(lines).toContain('AWS_ENDPOINT_URL_DYNAMODB=http://127.0.0.1:4102');
    expect(lines).toContain('AWS_ENDPOINT_URL_SQS=http://127.0.0.1:4103');
    expect(lines).toContain('AWS_ENDPOINT_URL_S3=http://127.0.0.1:4104');
    expect(lines).toContain('AWS_REGION=us-east-1');
    expect(lines).toContain('AWS_ACCESS_KEY_ID=local');
    expect(lines).toContain('AWS_SECRET_ACCESS_KEY=local');
    expect(lines).toContain("ASYNC_ENDPOINTS_TABLE_NAME=a $table's name");
    expect(lines).toContain('ASYNC_ENDPOINTS_QUEUE_URL=http://127.0.0.1:4103/000000000000/jobs');
    expect(lines).toContain('ASYNC_ENDPOINTS_DEAD_LETTER_QUEUE_URL=http://127.0.0.1:4103/000000000000/jobs-dead');
    expect(lines).toContain('ASYNC_ENDPOINTS_QUEUE_NAME=orders');
    expect(lines).toContain('AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED=true');
    expect(environment).not.toMatch(/AWS_PROFILE|AWS_SESSION_TOKEN/);
  });
});
