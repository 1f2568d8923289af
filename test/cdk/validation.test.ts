import { join } from 'node:path';
import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib/core';
import { describe, expect, it } from 'vitest';
import { AsyncEndpoints, type AsyncEndpointsProps, InvalidPropsError } from '../../lib/cdk/index.ts';
import { createProject } from './job-project.ts';
import { setup } from './test-stack.ts';

type Case = readonly [title: string, props: Partial<AsyncEndpointsProps>, problem: string];

const RANGES: readonly Case[] = [
  ['one consumer at a time', { concurrency: 1 }, 'concurrency is 1, but must be a whole number from 2 to 1000'],
  ['too many consumers', { concurrency: 1_001 }, 'concurrency is 1001, but must be a whole number from 2 to 1000'],
  ['half a consumer', { concurrency: 2.5 }, 'concurrency is 2.5, but must be a whole number from 2 to 1000'],
  ['no shards', { shards: 0 }, 'shards is 0, but must be a whole number from 1 to 100'],
  ['too many shards', { shards: 101 }, 'shards is 101, but must be a whole number from 1 to 100'],
  [
    'a retention under a day',
    { retention: Duration.hours(12) },
    'retention is 0.5 days, but must be a whole number from 1 to 3650 days',
  ],
  [
    'a retention over ten years',
    { retention: Duration.days(3_651) },
    'retention is 3651 days, but must be a whole number from 1 to 3650 days',
  ],
  [
    'a grace over an hour',
    { dispatchGrace: Duration.minutes(61) },
    'dispatchGrace is 3660 seconds, but must be a whole number from 1 to 3600 seconds',
  ],
  [
    'a lease margin below what clocks may differ by',
    { leaseMargin: Duration.seconds(1) },
    'leaseMargin is 1 seconds, but must be a whole number from 2 to 900 seconds',
  ],
  [
    'a queue name that would split a lane',
    { queueName: 'a#b' },
    'queueName is "a#b", but must be 1 to 64 letters, digits, "-" and "_"',
  ],
  [
    'an output prefix that is no logical id',
    { outputPrefix: 'my-' },
    'outputPrefix is "my-", but must be at most 64 letters and digits, a letter first',
  ],
  [
    'a consumer that Lambda would refuse',
    { consumer: { timeout: Duration.seconds(901) } },
    'consumer.timeout is 901 seconds, but must be a whole number from 5 to 900 seconds',
  ],
  [
    'a consumer without time for a job',
    { consumer: { timeout: Duration.seconds(4) } },
    'consumer.timeout is 4 seconds, but must be a whole number from 5 to 900 seconds',
  ],
  [
    'a consumer timeout in milliseconds',
    { consumer: { timeout: Duration.millis(1_500) } },
    'consumer.timeout is 1.5 seconds, but must be a whole number from 5 to 900 seconds',
  ],
  [
    'too little memory',
    { consumer: { memorySize: 64 } },
    'consumer.memorySize is 64 MB, but must be a whole number from 128 to 10240 MB',
  ],
  [
    'an empty batch',
    { consumer: { batchSize: 0 } },
    'consumer.batchSize is 0, but must be a whole number from 1 to 10000',
  ],
  [
    'a window over five minutes',
    { consumer: { batchWindow: Duration.seconds(301) } },
    'consumer.batchWindow is 301 seconds, but must be a whole number from 0 to 300 seconds',
  ],
  [
    'a batch that may run nothing',
    { consumer: { batchConcurrency: 0 } },
    'consumer.batchConcurrency is 0, but must be a whole number from 1 to 10000',
  ],
  [
    'a variable of our own',
    { consumer: { environment: { ASYNC_ENDPOINTS_SHARDS: '9' } } },
    'consumer.environment is "ASYNC_ENDPOINTS_SHARDS", but must be letters, digits and "_", a letter first, two at least, and not begin with ASYNC_ENDPOINTS_ or AWS_',
  ],
  [
    'a producer without time',
    { producer: { timeout: Duration.seconds(9) } },
    'producer.timeout is 9 seconds, but must be a whole number from 10 to 900 seconds',
  ],
  [
    'a producer with too much memory',
    { producer: { memorySize: 10_241 } },
    'producer.memorySize is 10241 MB, but must be a whole number from 128 to 10240 MB',
  ],
  [
    'a queue that takes nothing',
    { producer: { queueDepthCap: 0 } },
    'producer.queueDepthCap is 0, but must be a whole number from 1 to 100000',
  ],
  [
    'an API with too little memory',
    { api: { memorySize: 1 } },
    'api.memorySize is 1 MB, but must be a whole number from 128 to 10240 MB',
  ],
  [
    'an API that lets nothing through',
    { api: { rateLimit: 0 } },
    'api.rateLimit is 0 requests a second, but must be a whole number from 1 to 10000 requests a second',
  ],
  [
    'a burst over what an account has',
    { api: { burstLimit: 5_001 } },
    'api.burstLimit is 5001 requests, but must be a whole number from 1 to 5000 requests',
  ],
  [
    'a token issuer without a certificate',
    { api: { auth: { kind: 'jwt', issuer: 'http://127.0.0.1:9000', audience: ['jobs'] } } },
    'api.auth.issuer is "http://127.0.0.1:9000", but must be the https:// address of an OpenID Connect issuer',
  ],
  [
    'tokens for nobody',
    { api: { auth: { kind: 'jwt', issuer: 'https://issuer.example', audience: [] } } },
    'api.auth.audience is [], but must be a list of at least one audience',
  ],
  [
    'an API that asks and asks not',
    { api: { auth: { kind: 'iam' }, unsafeLetAnybodyIn: true } },
    'api.unsafeLetAnybodyIn is true, but must be false when api.auth is given: the one asks for what the other waives',
  ],
  [
    'a queue that keeps messages too long',
    { queue: { retention: Duration.days(15) } },
    'queue.retention is 1296000 seconds, but must be a whole number from 60 to 1209600 seconds',
  ],
  [
    'a dead-letter queue that forgets at once',
    { queue: { deadLetterRetention: Duration.seconds(1) } },
    'queue.deadLetterRetention is 1 seconds, but must be a whole number from 60 to 1209600 seconds',
  ],
  [
    'a message that never moves',
    { queue: { maxReceiveCount: 0 } },
    'queue.maxReceiveCount is 0, but must be a whole number from 1 to 1000',
  ],
  [
    'a message that is hidden for too long',
    { queue: { visibilityTimeout: Duration.hours(13) } },
    'queue.visibilityTimeout is 46800 seconds, but must be a whole number from 1 to 43200 seconds',
  ],
];

const COMBINATIONS: readonly Case[] = [
  [
    'a message that comes back too early',
    { consumer: { timeout: Duration.minutes(2) }, queue: { visibilityTimeout: Duration.seconds(719) } },
    'queue.visibilityTimeout is 719 seconds, but must be at least 720 seconds: 6 × consumer.timeout (120) + consumer.batchWindow (0)',
  ],
  [
    'a window that the visibility timeout forgets',
    {
      consumer: { timeout: Duration.minutes(2), batchWindow: Duration.seconds(5) },
      queue: { visibilityTimeout: Duration.seconds(720) },
    },
    'queue.visibilityTimeout is 720 seconds, but must be at least 725 seconds: 6 × consumer.timeout (120) + consumer.batchWindow (5)',
  ],
  [
    'a large batch without a window',
    { consumer: { batchSize: 11 } },
    'consumer.batchSize is 11, but must be at most 10 when consumer.batchWindow is 0 seconds: Lambda refuses larger batches without a window',
  ],
  [
    'a grace that ends while a batch is being filled',
    { dispatchGrace: Duration.seconds(30), consumer: { batchWindow: Duration.seconds(30) } },
    'dispatchGrace is 30 seconds, but must be more than consumer.batchWindow (30 seconds), or every job is sent again while Lambda fills its batch',
  ],
  [
    'messages that expire on arrival',
    { queue: { retention: Duration.days(7), deadLetterRetention: Duration.days(7) } },
    'queue.retention is 604800 seconds, but must be less than queue.deadLetterRetention (604800 seconds): a moved message keeps its age and would expire on arrival',
  ],
  [
    'messages that expire before they move',
    { consumer: { timeout: Duration.minutes(15) }, queue: { maxReceiveCount: 100 } },
    'queue.retention is 345600 seconds, but must be at least 540000 seconds: queue.visibilityTimeout (5400) × queue.maxReceiveCount (100), or messages expire before they reach the dead-letter queue',
  ],
  [
    'a table that must be deleted and must not',
    { deletionProtection: true, removalPolicy: RemovalPolicy.DESTROY },
    'deletionProtection is true, but must be false when removalPolicy is DESTROY: the one refuses what the other asks for',
  ],
];

const messageOf = (act: () => unknown): string => {
  try {
    act();
  } catch (error) {
    if (error instanceof InvalidPropsError) return error.message;
    throw error;
  }
  throw new Error('no error');
};

describe('props', () => {
  it.each([...RANGES, ...COMBINATIONS])('fails at synth for %s', (_, props, problem) => {
    expect(messageOf(() => setup(props))).toBe(`AsyncEndpoints "Test/Jobs" cannot be built:\n  - ${problem}`);
  });

  it('fails with every problem at once', () => {
    const message = messageOf(() => setup({ concurrency: 1, shards: 0 }));
    expect(message.split('\n')).toHaveLength(3);
  });

  it.each<[string, Partial<AsyncEndpointsProps>]>([
    ['consumer.timeout', { consumer: { timeout: Duration.seconds(0) } }],
    ['consumer.timeout', { consumer: { timeout: Duration.hours(3) } }],
    ['consumer.batchSize', { consumer: { batchSize: 1_000_000, batchWindow: Duration.seconds(1) } }],
  ])('fails for %s once, not again for the defaults that follow it', (prop, props) => {
    const problems = messageOf(() => setup(props))
      .split('\n')
      .slice(1);
    expect(problems).toEqual([expect.stringContaining(`- ${prop} is `)]);
  });

  it.each<[string, Partial<AsyncEndpointsProps>]>([
    ['least', { concurrency: 2, shards: 1, retention: Duration.days(1), queue: { maxReceiveCount: 1 } }],
    [
      'greatest',
      {
        concurrency: 1_000,
        shards: 100,
        retention: Duration.days(3_650),
        consumer: {
          timeout: Duration.minutes(15),
          batchSize: 10_000,
          batchWindow: Duration.minutes(5),
          memorySize: 10_240,
        },
        producer: { timeout: Duration.minutes(15) },
        api: { rateLimit: 10_000, burstLimit: 5_000 },
      },
    ],
    ['large batch with a window', { consumer: { batchSize: 11, batchWindow: Duration.seconds(1) } }],
    ['protected table that is retained', { deletionProtection: true }],
  ])('accepts the %s', (_, props) => {
    expect(() => setup(props)).not.toThrow();
  });
});

describe('jobsDirectory', () => {
  const build = (jobsDirectory: string) => () => new AsyncEndpoints(new Stack(), 'Jobs', { jobsDirectory });

  it('fails when it does not exist, and says where it looked', () => {
    expect(messageOf(build('no/jobs'))).toContain(
      `jobsDirectory is "no/jobs", but must be a directory with one folder per job type (looked in ${process.cwd()}/no/jobs)`,
    );
  });

  it('fails without a job type', () => {
    const project = createProject({ 'jobs/readme.md': '' });
    expect(messageOf(build(join(project, 'jobs')))).toContain(
      'but must be a directory with at least one folder that holds definition.ts and handler.ts',
    );
  });

  it('fails on half a job type, and names the missing half', () => {
    const project = createProject({ 'jobs/count/definition.ts': '' });
    expect(messageOf(build(join(project, 'jobs')))).toContain(
      'but must be a directory of complete job types: folder "count" has no handler',
    );
  });
});

describe('outputPrefix', () => {
  it('fails for a second installation in one stack that has none of its own', () => {
    const { stack } = setup();
    const project = createProject({ 'jobs/a/definition.ts': '', 'jobs/a/handler.ts': '' });
    const build = () => new AsyncEndpoints(stack, 'Others', { jobsDirectory: join(project, 'jobs') });
    expect(messageOf(build)).toContain(
      'outputPrefix is "", but must make the outputs\' names unique: the stack already has "ApiUrl"',
    );
  });

  it('lets two installations live in one stack', () => {
    const { stack, toTemplate } = setup();
    const project = createProject({ 'jobs/a/definition.ts': '', 'jobs/a/handler.ts': '' });
    new AsyncEndpoints(stack, 'Others', { jobsDirectory: join(project, 'jobs'), outputPrefix: 'Others' });
    toTemplate().hasOutput('OthersQueueUrl', {});
    toTemplate().hasOutput('QueueUrl', {});
  });
});
