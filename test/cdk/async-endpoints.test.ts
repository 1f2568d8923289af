import { Match, type Template } from 'aws-cdk-lib/assertions';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Duration, RemovalPolicy } from 'aws-cdk-lib/core';
import { describe, expect, it } from 'vitest';
import { ENV, OUTPUT, ROUTES, TABLE } from '../../lib/core/names.ts';
import { setup } from './test-stack.ts';

const FUNCTION = 'AWS::Lambda::Function';

/** The properties of the function with this description. */
const functionWith = (template: Template, Description: string): Record<string, unknown> => {
  const [found] = Object.values(template.findResources(FUNCTION, { Properties: { Description } }));
  return found?.['Properties'] ?? {};
};

const variablesOf = (template: Template, description: string): Record<string, unknown> => {
  const environment = functionWith(template, description)['Environment'] as { Variables: Record<string, unknown> };
  return environment.Variables;
};

const API = 'Answers the HTTP API of the jobs';
const PRODUCER = 'Finds jobs that are due and sends them';
const CONSUMER = 'Runs jobs';

describe('table', () => {
  it('is keyed by id, with one index by lane and nextAt that holds keys only', () => {
    setup()
      .toTemplate()
      .hasResourceProperties('AWS::DynamoDB::Table', {
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
        GlobalSecondaryIndexes: [
          {
            IndexName: TABLE.indexName,
            KeySchema: [
              { AttributeName: 'lane', KeyType: 'HASH' },
              { AttributeName: 'nextAt', KeyType: 'RANGE' },
            ],
            Projection: { ProjectionType: 'KEYS_ONLY' },
          },
        ],
        AttributeDefinitions: Match.arrayWith([{ AttributeName: 'nextAt', AttributeType: 'N' }]),
      });
  });

  it('is billed on demand, backed up continuously and cleared of what has expired', () => {
    setup()
      .toTemplate()
      .hasResourceProperties('AWS::DynamoDB::Table', {
        BillingMode: 'PAY_PER_REQUEST',
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
      });
  });

  it('outlives its stack unless it is told not to', () => {
    setup()
      .toTemplate()
      .hasResource('AWS::DynamoDB::Table', { DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
    setup({ removalPolicy: RemovalPolicy.DESTROY })
      .toTemplate()
      .hasResource('AWS::DynamoDB::Table', { DeletionPolicy: 'Delete' });
  });

  it('refuses its deletion when asked to', () => {
    setup({ deletionProtection: true })
      .toTemplate()
      .hasResourceProperties('AWS::DynamoDB::Table', { DeletionProtectionEnabled: true });
  });
});

describe('queues', () => {
  it('move messages without an outcome to a dead-letter queue that keeps them longer', () => {
    const template = setup().toTemplate();
    template.hasResourceProperties('AWS::SQS::Queue', {
      VisibilityTimeout: 360,
      MessageRetentionPeriod: 4 * 86_400,
      RedrivePolicy: { maxReceiveCount: 5 },
    });
    template.hasResourceProperties('AWS::SQS::Queue', {
      MessageRetentionPeriod: 14 * 86_400,
      RedrivePolicy: Match.absent(),
    });
  });

  it('are encrypted and refuse requests without TLS', () => {
    const template = setup().toTemplate();
    template.allResourcesProperties('AWS::SQS::Queue', { SqsManagedSseEnabled: true });
    template.resourcePropertiesCountIs(
      'AWS::SQS::QueuePolicy',
      {
        PolicyDocument: {
          Statement: [
            Match.objectLike({
              Effect: 'Deny',
              Action: 'sqs:*',
              Condition: { Bool: { 'aws:SecureTransport': 'false' } },
            }),
          ],
        },
      },
      2,
    );
  });

  it('hide a message for six consumer timeouts and the window', () => {
    setup({ consumer: { timeout: Duration.minutes(5), batchWindow: Duration.seconds(20) } })
      .toTemplate()
      .hasResourceProperties('AWS::SQS::Queue', { VisibilityTimeout: 1_820 });
  });

  it('take what the props say', () => {
    const template = setup({
      queue: {
        visibilityTimeout: Duration.minutes(10),
        maxReceiveCount: 7,
        retention: Duration.days(2),
        deadLetterRetention: Duration.days(3),
      },
    }).toTemplate();
    template.hasResourceProperties('AWS::SQS::Queue', {
      VisibilityTimeout: 600,
      MessageRetentionPeriod: 2 * 86_400,
      RedrivePolicy: { maxReceiveCount: 7 },
    });
    template.hasResourceProperties('AWS::SQS::Queue', { MessageRetentionPeriod: 3 * 86_400 });
  });
});

describe('functions', () => {
  it('run on arm64 and on the newest Node runtime that this CDK knows', () => {
    const template = setup().toTemplate();
    const versions = Runtime.ALL.map(({ name }) => Number(/^nodejs(\d+)\.x$/.exec(name)?.[1] ?? 0));
    template.resourceCountIs(FUNCTION, 3);
    template.allResourcesProperties(FUNCTION, {
      Architectures: ['arm64'],
      Runtime: `nodejs${Math.max(...versions)}.x`,
      Handler: 'index.handler',
    });
  });

  it('write to log groups of their own that forget', () => {
    const template = setup({ logRetention: RetentionDays.THREE_DAYS }).toTemplate();
    template.resourceCountIs('AWS::Logs::LogGroup', 4);
    template.allResourcesProperties('AWS::Logs::LogGroup', { RetentionInDays: 3 });
    template.allResourcesProperties(FUNCTION, { LoggingConfig: { LogGroup: { Ref: Match.anyValue() } } });
  });

  it('share what submitting, finding and running jobs needs', () => {
    const template = setup({
      dispatchGrace: Duration.seconds(90),
      leaseMargin: Duration.seconds(7),
      shards: 8,
      queueName: 'mail',
      retention: Duration.days(3),
      listCompleted: true,
    }).toTemplate();
    for (const description of [API, PRODUCER, CONSUMER]) {
      expect(variablesOf(template, description)).toMatchObject({
        [ENV.tableName]: { Ref: expect.any(String) },
        [ENV.queueUrl]: { Ref: expect.any(String) },
        [ENV.deadLetterQueueUrl]: { Ref: expect.any(String) },
        [ENV.queueName]: 'mail',
        [ENV.shards]: '8',
        [ENV.retentionDays]: '3',
        [ENV.dispatchGraceSeconds]: '90',
        [ENV.leaseMarginSeconds]: '7',
        [ENV.listCompleted]: 'true',
      });
    }
  });

  it('have the defaults of the contract', () => {
    const template = setup().toTemplate();
    expect(functionWith(template, API)).toMatchObject({ Timeout: 29, MemorySize: 512 });
    expect(functionWith(template, PRODUCER)).toMatchObject({ Timeout: 60, MemorySize: 256 });
    expect(functionWith(template, CONSUMER)).toMatchObject({ Timeout: 60, MemorySize: 512 });
    expect(variablesOf(template, API)).toMatchObject({
      [ENV.queueName]: 'default',
      [ENV.shards]: '4',
      [ENV.retentionDays]: '14',
      [ENV.dispatchGraceSeconds]: '60',
      [ENV.leaseMarginSeconds]: '5',
      [ENV.listCompleted]: 'false',
    });
  });
});

describe('consumer', () => {
  it('is fed in tens with partial failures, and its two limits on concurrency are one', () => {
    const template = setup({ concurrency: 20 }).toTemplate();
    template.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
      BatchSize: 10,
      MaximumBatchingWindowInSeconds: Match.absent(),
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      ScalingConfig: { MaximumConcurrency: 20 },
      FilterCriteria: Match.absent(),
    });
    expect(functionWith(template, CONSUMER)).toMatchObject({
      ReservedConcurrentExecutions: 20,
      RecursiveLoop: 'Allow',
    });
  });

  it('reserves nothing in an account that has nothing to spare', () => {
    const template = setup({ reserveConcurrency: false }).toTemplate();
    expect(functionWith(template, CONSUMER)).not.toHaveProperty('ReservedConcurrentExecutions');
    template.hasResourceProperties('AWS::Lambda::EventSourceMapping', { ScalingConfig: { MaximumConcurrency: 10 } });
  });

  it('takes what the props say', () => {
    const template = setup({
      consumer: {
        timeout: Duration.minutes(5),
        memorySize: 1_769,
        batchSize: 100,
        batchWindow: Duration.seconds(2),
        environment: { BUCKET_NAME: 'reports' },
      },
    }).toTemplate();
    template.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
      BatchSize: 100,
      MaximumBatchingWindowInSeconds: 2,
    });
    expect(functionWith(template, CONSUMER)).toMatchObject({ Timeout: 300, MemorySize: 1_769 });
    expect(variablesOf(template, CONSUMER)).toMatchObject({ BUCKET_NAME: 'reports', [ENV.batchConcurrency]: '10' });
  });

  it('may be crashed by a job only where that is allowed', () => {
    expect(variablesOf(setup().toTemplate(), CONSUMER)).not.toHaveProperty(ENV.allowCrashes);
    const template = setup({ consumer: { allowCrashes: true } }).toTemplate();
    expect(variablesOf(template, CONSUMER)).toHaveProperty(ENV.allowCrashes, 'true');
    expect(variablesOf(template, API)).not.toHaveProperty(ENV.allowCrashes);
  });
});

describe('producer', () => {
  it('is woken every minute by ticks that are never tried again', () => {
    const template = setup().toTemplate();
    template.hasResourceProperties('AWS::Scheduler::Schedule', {
      ScheduleExpression: 'rate(1 minute)',
      FlexibleTimeWindow: { Mode: 'OFF' },
      Target: { RetryPolicy: { MaximumRetryAttempts: 0, MaximumEventAgeInSeconds: 60 } },
    });
    template.hasResourceProperties('AWS::Lambda::EventInvokeConfig', {
      FunctionName: { Ref: Match.stringLikeRegexp('Producer') },
      MaximumRetryAttempts: 0,
      MaximumEventAgeInSeconds: 60,
    });
  });

  it('ends when idle and fills the queue to ten rounds of the consumers', () => {
    expect(variablesOf(setup().toTemplate(), PRODUCER)).toMatchObject({
      [ENV.stayAwake]: 'false',
      [ENV.queueDepthCap]: '1000',
    });
    expect(variablesOf(setup({ concurrency: 50 }).toTemplate(), PRODUCER)).toHaveProperty(ENV.queueDepthCap, '5000');
  });

  it('stays awake until the next one has begun', () => {
    const template = setup({ producer: { stayAwake: true } }).toTemplate();
    // It ends five seconds early, and the next tick comes after sixty.
    expect(functionWith(template, PRODUCER)).toMatchObject({ Timeout: 70 });
  });

  it('takes what the props say', () => {
    const producer = { stayAwake: true, queueDepthCap: 77, timeout: Duration.seconds(90), memorySize: 512 };
    const template = setup({ producer }).toTemplate();
    expect(variablesOf(template, PRODUCER)).toMatchObject({ [ENV.stayAwake]: 'true', [ENV.queueDepthCap]: '77' });
    expect(functionWith(template, PRODUCER)).toMatchObject({ Timeout: 90, MemorySize: 512 });
  });
});

describe('api', () => {
  it('has exactly the routes that the function answers, each signed for', () => {
    const template = setup().toTemplate();
    const routes = Object.values(template.findResources('AWS::ApiGatewayV2::Route')).map(
      (route) => route['Properties'] as Record<string, unknown>,
    );
    expect(routes.map((route) => route['RouteKey'])).toEqual([...ROUTES]);
    expect(routes.map((route) => route['AuthorizationType'])).toEqual(ROUTES.map(() => 'AWS_IAM'));
    template.allResourcesProperties('AWS::ApiGatewayV2::Integration', {
      IntegrationType: 'AWS_PROXY',
      PayloadFormatVersion: '2.0',
    });
  });

  it('asks every route for a token instead, where it is told whose', () => {
    const auth = { kind: 'jwt', issuer: 'https://issuer.example', audience: ['jobs'], scopes: ['submit'] } as const;
    const template = setup({ api: { auth } }).toTemplate();
    template.hasResourceProperties('AWS::ApiGatewayV2::Authorizer', {
      AuthorizerType: 'JWT',
      IdentitySource: ['$request.header.Authorization'],
      JwtConfiguration: { Issuer: 'https://issuer.example', Audience: ['jobs'] },
    });
    template.allResourcesProperties('AWS::ApiGatewayV2::Route', {
      AuthorizationType: 'JWT',
      AuthorizationScopes: ['submit'],
    });
  });

  it('lets anybody in only where that is called unsafe', () => {
    const template = setup({ api: { unsafeLetAnybodyIn: true } }).toTemplate();
    template.allResourcesProperties('AWS::ApiGatewayV2::Route', { AuthorizationType: 'NONE' });
  });

  it('is throttled and logs who called, without what they sent', () => {
    const template = setup({ api: { rateLimit: 5, burstLimit: 9 } }).toTemplate();
    template.hasResourceProperties('AWS::ApiGatewayV2::Stage', {
      StageName: '$default',
      AutoDeploy: true,
      DefaultRouteSettings: { ThrottlingRateLimit: 5, ThrottlingBurstLimit: 9 },
      AccessLogSettings: {
        DestinationArn: { 'Fn::GetAtt': [Match.stringLikeRegexp('AccessLogs'), 'Arn'] },
        Format: Match.serializedJson(
          Match.objectLike({ requestId: '$context.requestId', caller: '$context.identity.userArn' }),
        ),
      },
    });
  });

  it('can be left out, with its function and its output', () => {
    const { jobs, toTemplate } = setup({ api: false });
    const template = toTemplate();
    for (const type of ['Api', 'Route', 'Integration', 'Stage'])
      template.resourceCountIs(`AWS::ApiGatewayV2::${type}`, 0);
    template.resourceCountIs(FUNCTION, 2);
    expect(Object.keys(template.findOutputs('*')).sort()).toEqual(['DeadLetterQueueUrl', 'QueueUrl', 'TableName']);
    expect(jobs.api).toBeUndefined();
    expect(jobs.functions.api).toBeUndefined();
  });
});

describe('stack', () => {
  it('has the outputs that tools look for', () => {
    const outputs = setup().toTemplate().findOutputs('*');
    expect(Object.keys(outputs).sort()).toEqual(Object.values(OUTPUT).sort());
  });

  it('is the same template whatever the feature flags of the app', async () => {
    const { default: flags } = await import('aws-cdk-lib/recommended-feature-flags.json', { with: { type: 'json' } });
    expect(setup({}, flags).toTemplate().toJSON()).toEqual(setup().toTemplate().toJSON());
  });

  it('hands its parts to those who need more than the props offer', () => {
    const { stack, jobs, toTemplate } = setup();
    expect(jobs.functions.consumer.timeout?.toSeconds()).toBe(60);
    const submitter = new LambdaFunction(stack, 'Submitter', {
      runtime: Runtime.NODEJS_24_X,
      handler: 'index.handler',
      code: Code.fromInline('exports.handler = async () => {};'),
      description: 'Submits',
    });
    jobs.connect(submitter);
    expect(variablesOf(toTemplate(), 'Submits')).toEqual(variablesOf(toTemplate(), API));
  });
});
