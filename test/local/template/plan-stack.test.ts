import { describe, expect, it } from 'vitest';
import type { LocalValues } from '../../../lib/local/template/plan.ts';
import { planStacks } from '../../../lib/local/template/plan-stack.ts';
import { assemblyOf, LOCAL, SAMPLE_OUTPUTS, withProperties } from './sample-template.ts';

const planStack = (assembly: ReturnType<typeof assemblyOf>, local: LocalValues) => planStacks([assembly], local);

const plan = planStack(assemblyOf(), LOCAL);

describe('planStacks', () => {
  it('plans the table with its keys, index and time to live', () => {
    expect(plan.tables).toEqual([
      {
        logicalId: 'Jobs',
        name: 'Demo-Jobs',
        arn: 'arn:aws:dynamodb:us-east-1:000000000000:table/Demo-Jobs',
        partitionKey: { name: 'id', type: 'S' },
        globalSecondaryIndexes: [
          {
            name: 'lane-nextAt-index',
            partitionKey: { name: 'lane', type: 'S' },
            sortKey: { name: 'nextAt', type: 'N' },
            projection: 'KEYS_ONLY',
            nonKeyAttributes: [],
          },
        ],
        timeToLiveAttribute: 'expiresAt',
      },
    ]);
  });

  it("plans the queues with their redrive and SQS's defaults", () => {
    const [dead, queue] = plan.queues;
    expect(dead).toEqual({
      logicalId: 'Dead',
      name: 'Demo-Dead',
      arn: 'arn:aws:sqs:us-east-1:000000000000:Demo-Dead',
      url: 'http://127.0.0.1:4103/000000000000/Demo-Dead',
      visibilityTimeoutSeconds: 30,
      messageRetentionSeconds: 1_209_600,
      delaySeconds: 0,
      receiveMessageWaitSeconds: 0,
    });
    expect(queue).toMatchObject({
      visibilityTimeoutSeconds: 360,
      messageRetentionSeconds: 345_600,
      redrive: { deadLetterQueueArn: dead?.arn, maxReceiveCount: 5 },
    });
  });

  it('plans a function with its code, its limits and its resolved environment', () => {
    expect(plan.functions[0]).toEqual({
      logicalId: 'Consumer',
      name: 'Demo-Consumer',
      arn: 'arn:aws:lambda:us-east-1:000000000000:function:Demo-Consumer',
      codeDirectory: '/somewhere/asset.abc',
      handler: 'index.handler',
      environment: {
        QUEUE_URL: 'http://127.0.0.1:4103/000000000000/Demo-Queue',
        TABLE: 'Demo-Jobs',
        QUEUE_ARN: 'arn:aws:sqs:us-east-1:000000000000:Demo-Queue',
        // biome-ignore lint/suspicious/noTemplateCurlyInString: what CloudFormation leaves as it stands.
        GREETING: 'b in us-east-1 ${literal}',
        LAST: 'Demo-Queue',
        HOME: 'Demo',
        BOOTSTRAP: '/bootstrap/version',
      },
      timeoutSeconds: 60,
      memorySizeMb: 256,
      reservedConcurrentExecutions: 10,
      roleArn: 'arn:aws:iam::000000000000:role/Demo-Role',
      logGroupName: 'Demo-Logs',
      asyncInvoke: { maximumRetryAttempts: 2, maximumEventAgeSeconds: 21_600 },
    });
  });

  it("gives a function Lambda's defaults and its own event invoke config", () => {
    expect(plan.functions[1]).toMatchObject({
      timeoutSeconds: 3,
      memorySizeMb: 128,
      environment: {},
      logGroupName: '/aws/lambda/Demo-Producer',
      asyncInvoke: { maximumRetryAttempts: 0, maximumEventAgeSeconds: 60 },
    });
  });

  it('plans the event source mapping', () => {
    expect(plan.eventSourceMappings).toEqual([
      {
        logicalId: 'Mapping',
        queue: plan.queues[1],
        functionName: 'Demo-Consumer',
        batchSize: 10,
        maximumBatchingWindowSeconds: 0,
        maximumConcurrency: 10,
        reportBatchItemFailures: true,
        enabled: true,
      },
    ]);
  });

  it('plans the schedule', () => {
    expect(plan.schedules).toEqual([
      {
        logicalId: 'EveryMinute',
        name: 'Demo-EveryMinute',
        arn: 'arn:aws:scheduler:us-east-1:000000000000:schedule/default/Demo-EveryMinute',
        everyMs: 60_000,
        functionName: 'Demo-Producer',
        roleArn: 'arn:aws:iam::000000000000:role/Demo-Role',
        input: '{"tick":true}',
        enabled: true,
      },
    ]);
  });

  it('plans the HTTP API with its routes and its throttling', () => {
    const target = { functionName: 'Demo-Consumer', integrationTimeoutMs: 30_000 };
    expect(plan.httpApi).toEqual({
      logicalId: 'Api',
      apiId: expect.stringMatching(/^[0-9a-z]{10}$/),
      name: 'jobs',
      routes: [
        { routeKey: 'GET /jobs/{id}', method: 'GET', path: '/jobs/{id}', authorization: { kind: 'iam' }, ...target },
        { routeKey: 'ANY /open', method: '*', path: '/open', authorization: { kind: 'none' }, ...target },
      ],
      throttling: { rateLimit: 100.5, burstLimit: 50 },
    });
  });

  it("resolves outputs; the API's address by its id becomes the local one", () => {
    expect(plan.outputs).toEqual({
      ApiUrl: 'http://127.0.0.1:4100/',
      ApiEndpoint: 'http://127.0.0.1:4100',
      TableName: 'Demo-Jobs',
      QueueUrl: 'http://127.0.0.1:4103/000000000000/Demo-Queue',
    });
  });

  it('lets names in the template win, also in what refers to them', () => {
    const named = planStack(
      assemblyOf(withProperties('Queue', { QueueName: { 'Fn::Join': ['-', ['my', { Ref: 'AWS::Region' }]] } })),
      LOCAL,
    );
    expect(named.queues[1]?.name).toBe('my-us-east-1');
    expect(named.outputs['QueueUrl']).toBe('http://127.0.0.1:4103/000000000000/my-us-east-1');
  });

  it('keeps names within what AWS accepts, the same on every start', () => {
    const assembly = { ...assemblyOf(), stackName: 'S'.repeat(100) };
    const [first, second] = [planStack(assembly, LOCAL), planStack(assembly, LOCAL)];
    expect(first.functions[0]?.name).toHaveLength(64);
    expect(first.queues[0]?.name).toHaveLength(80);
    expect(new Set(first.functions.map(({ name }) => name)).size).toBe(2);
    expect(first).toEqual(second);
  });

  it('leaves alarms, dashboards and aliases of keys without effect', () => {
    const types = ['AWS::CloudWatch::Alarm', 'AWS::CloudWatch::Dashboard', 'AWS::KMS::Alias'];
    const { template, ...assembly } = assemblyOf();
    const { Resources } = template as { readonly Resources: object };
    const added = Object.fromEntries(types.map((Type, index) => [`Added${index}`, { Type, Properties: { Any: 1 } }]));
    const withThem = { ...assembly, template: { ...(template as object), Resources: { ...Resources, ...added } } };
    expect(planStack(withThem, LOCAL)).toEqual(plan);
  });

  it('runs a stack without an API', () => {
    const without = { Api: undefined, Stage: undefined, Integration: undefined, GetJob: undefined, Open: undefined };
    const { TableName } = SAMPLE_OUTPUTS;
    expect(planStack(assemblyOf(without, { TableName }), LOCAL).httpApi).toBeUndefined();
  });
});

describe('planStacks refuses', () => {
  const refuse = (changes: Parameters<typeof assemblyOf>[0], outputs?: Record<string, unknown>) => () =>
    planStack(assemblyOf(changes, outputs), LOCAL);

  it('fails on an unknown resource type, naming resource and type', () => {
    expect(refuse({ Topic: { Type: 'AWS::SNS::Topic' } })).toThrow(
      /Resource "Topic" has the type AWS::SNS::Topic, which the local runtime does not know/,
    );
  });

  it.each([
    ['Queue', { FifoQueue: true }, /"Queue" \(AWS::SQS::Queue\): property "FifoQueue"/],
    ['Consumer', { VpcConfig: {} }, /property "VpcConfig"/],
    ['Mapping', { ScalingConfig: { Other: 1 } }, /property "ScalingConfig.Other"/],
    ['Mapping', { FilterCriteria: {} }, /property "FilterCriteria"/],
    ['Jobs', { GlobalSecondaryIndexes: [{ Odd: 1 }] }, /property "GlobalSecondaryIndexes\[0\]/],
    ['Stage', { RouteSettings: {} }, /property "RouteSettings"/],
    ['EveryMinute', { EndDate: 'x' }, /property "EndDate"/],
  ])('fails on an unknown property of %s, naming it', (logicalId, properties, message) => {
    expect(refuse(withProperties(logicalId, properties))).toThrow(message);
  });

  it.each([
    ['Consumer', { Timeout: 901 }, /"Timeout" must be an integer from 1 to 900, got 901/],
    ['Consumer', { Runtime: 'python3.13' }, /"Runtime" must be a Node.js runtime/],
    ['Consumer', { Handler: undefined }, /"Handler" is missing/],
    ['Mapping', { BatchSize: 100 }, /"BatchSize" must be at most 10 when MaximumBatchingWindowInSeconds is 0/],
    ['Mapping', { ScalingConfig: { MaximumConcurrency: 1 } }, /"ScalingConfig.MaximumConcurrency" must be an integer/],
    ['Mapping', { FunctionName: 'other' }, /"FunctionName" must be a function of this template, got "other"/],
    ['Queue', { VisibilityTimeout: 30 }, /a queue whose visibility timeout is at least the function's timeout/],
    ['Queue', { RedrivePolicy: { deadLetterTargetArn: 'arn', maxReceiveCount: 1 } }, /names a queue of this template/],
    ['EveryMinute', { ScheduleExpression: 'cron(0 12 * * ? *)' }, /"ScheduleExpression" must be rate/],
    ['EveryMinute', { FlexibleTimeWindow: { Mode: 'FLEXIBLE' } }, /"FlexibleTimeWindow.Mode" must be one of OFF/],
    [
      'EveryMinute',
      { Target: { Arn: 'Demo-Producer', RoleArn: 'role', Input: '<aws.scheduler.execution-id>' } },
      /"Target.Input" must be/,
    ],
    ['GetJob', { AuthorizationType: 'CUSTOM' }, /"AuthorizationType" must be one of NONE, AWS_IAM, JWT/],
    [
      'GetJob',
      { AuthorizationType: 'JWT', AuthorizerId: 'x' },
      /"AuthorizerId" must be an authorizer of this template/,
    ],
    ['GetJob', { Target: 'integrations/none' }, /"Target" must be integrations/],
    ['Stage', { StageName: 'prod' }, /"StageName" must be one of \$default/],
  ])('fails on a value of %s that cannot run here', (logicalId, properties, message) => {
    expect(refuse(withProperties(logicalId, properties))).toThrow(message);
  });

  it('fails on code that is no asset', () => {
    expect(refuse(withProperties('Consumer', { Code: { S3Key: 'gone.zip' } }))).toThrow(/"gone.zip" is no asset/);
  });

  it('fails on an intrinsic function it does not resolve, naming the property', () => {
    expect(refuse(withProperties('Queue', { QueueName: { 'Fn::Transform': 'x' } }))).toThrow(
      /Fn::Transform is not resolved locally/,
    );
    expect(refuse(withProperties('Consumer', { Timeout: { 'Fn::If': ['c', 1, 2] } }))).toThrow(
      /property "Timeout": Fn::If is not resolved locally/,
    );
  });

  it('fails on a reference to nothing and on an attribute without a local value', () => {
    expect(refuse({}, { X: { Value: { Ref: 'Nothing' } } })).toThrow(/refers to "Nothing", which is not in it/);
    expect(refuse({}, { X: { Value: { 'Fn::GetAtt': ['Jobs', 'StreamArn'] } } })).toThrow(/Attribute "StreamArn"/);
  });

  it('fails on a name that refers to itself', () => {
    expect(refuse(withProperties('Queue', { QueueName: { 'Fn::GetAtt': ['Queue', 'QueueName'] } }))).toThrow(
      /refers to itself/,
    );
  });

  it('fails on a condition at something that runs', () => {
    expect(refuse({ Extra: { Type: 'AWS::SQS::Queue', Condition: 'IsProd' } })).toThrow(/condition "IsProd"/);
  });

  it('fails on a second HTTP API', () => {
    expect(refuse({ Api2: { Type: 'AWS::ApiGatewayV2::Api', Properties: { ProtocolType: 'HTTP' } } })).toThrow(
      /has 2 HTTP APIs/,
    );
  });
});
