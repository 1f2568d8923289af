import type { StackAssembly } from '../../../lib/local/template/assembly.ts';
import type { LocalValues } from '../../../lib/local/template/plan.ts';

interface Resource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
  readonly Condition?: string;
}

export const LOCAL: LocalValues = {
  region: 'us-east-1',
  accountId: '000000000000',
  sqsEndpoint: 'http://127.0.0.1:4103',
  apiUrl: 'http://127.0.0.1:4100',
};

const ref = (name: string) => ({ Ref: name });
const attribute = (name: string, attributeName: string) => ({ 'Fn::GetAtt': [name, attributeName] });

/** A stack as CDK writes it, cut down: one of everything that runs here, and some of what has no effect here. */
const SAMPLE_RESOURCES: Readonly<Record<string, Resource>> = {
  Jobs: {
    Type: 'AWS::DynamoDB::Table',
    Properties: {
      AttributeDefinitions: [
        { AttributeName: 'id', AttributeType: 'S' },
        { AttributeName: 'lane', AttributeType: 'S' },
        { AttributeName: 'nextAt', AttributeType: 'N' },
      ],
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      GlobalSecondaryIndexes: [
        {
          IndexName: 'lane-nextAt-index',
          KeySchema: [
            { AttributeName: 'lane', KeyType: 'HASH' },
            { AttributeName: 'nextAt', KeyType: 'RANGE' },
          ],
          Projection: { ProjectionType: 'KEYS_ONLY' },
        },
      ],
      TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
    },
  },
  Dead: { Type: 'AWS::SQS::Queue', Properties: { MessageRetentionPeriod: 1_209_600, SqsManagedSseEnabled: true } },
  Queue: {
    Type: 'AWS::SQS::Queue',
    Properties: {
      RedrivePolicy: { deadLetterTargetArn: attribute('Dead', 'Arn'), maxReceiveCount: 5 },
      VisibilityTimeout: 360,
    },
  },
  QueuePolicy: {
    Type: 'AWS::SQS::QueuePolicy',
    Properties: { Queues: [ref('Queue')], PolicyDocument: { Statement: [] } },
  },
  Role: { Type: 'AWS::IAM::Role', Properties: { AssumeRolePolicyDocument: { Statement: [] } } },
  Logs: { Type: 'AWS::Logs::LogGroup', Properties: { RetentionInDays: 14 } },
  Consumer: {
    Type: 'AWS::Lambda::Function',
    Properties: {
      // biome-ignore lint/suspicious/noTemplateCurlyInString: CloudFormation writes its variables so.
      Code: { S3Bucket: { 'Fn::Sub': 'assets-${AWS::AccountId}-${AWS::Region}' }, S3Key: 'abc.zip' },
      Environment: {
        Variables: {
          QUEUE_URL: ref('Queue'),
          TABLE: ref('Jobs'),
          QUEUE_ARN: attribute('Queue', 'Arn'),
          // biome-ignore lint/suspicious/noTemplateCurlyInString: CloudFormation writes its variables so.
          GREETING: { 'Fn::Sub': ['${who} in ${AWS::Region} ${!literal}', { who: { 'Fn::Select': [1, ['a', 'b']] } }] },
          LAST: { 'Fn::Select': ['5', { 'Fn::Split': [':', attribute('Queue', 'Arn')] }] },
          HOME: ref('AWS::StackName'),
          BOOTSTRAP: ref('BootstrapVersion'),
        },
      },
      Handler: 'index.handler',
      LoggingConfig: { LogFormat: 'JSON', LogGroup: ref('Logs') },
      MemorySize: 256,
      RecursiveLoop: 'Allow',
      ReservedConcurrentExecutions: 10,
      Role: attribute('Role', 'Arn'),
      Runtime: 'nodejs24.x',
      Timeout: 60,
    },
  },
  Producer: {
    Type: 'AWS::Lambda::Function',
    Properties: {
      Code: { S3Key: 'abc.zip' },
      Handler: 'index.handler',
      Role: attribute('Role', 'Arn'),
      Runtime: 'nodejs24.x',
    },
  },
  ProducerInvokes: {
    Type: 'AWS::Lambda::EventInvokeConfig',
    Properties: {
      FunctionName: ref('Producer'),
      MaximumEventAgeInSeconds: 60,
      MaximumRetryAttempts: 0,
      Qualifier: '$LATEST',
    },
  },
  Mapping: {
    Type: 'AWS::Lambda::EventSourceMapping',
    Properties: {
      BatchSize: 10,
      EventSourceArn: attribute('Queue', 'Arn'),
      FunctionName: ref('Consumer'),
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      ScalingConfig: { MaximumConcurrency: 10 },
    },
  },
  EveryMinute: {
    Type: 'AWS::Scheduler::Schedule',
    Properties: {
      FlexibleTimeWindow: { Mode: 'OFF' },
      ScheduleExpression: 'rate(1 minute)',
      State: 'ENABLED',
      Target: {
        Arn: attribute('Producer', 'Arn'),
        Input: '{"tick":true}',
        RetryPolicy: { MaximumRetryAttempts: 0, MaximumEventAgeInSeconds: 60 },
        RoleArn: attribute('Role', 'Arn'),
      },
    },
  },
  Api: { Type: 'AWS::ApiGatewayV2::Api', Properties: { Name: 'jobs', ProtocolType: 'HTTP' } },
  Stage: {
    Type: 'AWS::ApiGatewayV2::Stage',
    Properties: {
      ApiId: ref('Api'),
      AutoDeploy: true,
      DefaultRouteSettings: { ThrottlingBurstLimit: 50, ThrottlingRateLimit: 100.5 },
      StageName: '$default',
    },
  },
  Integration: {
    Type: 'AWS::ApiGatewayV2::Integration',
    Properties: {
      ApiId: ref('Api'),
      IntegrationType: 'AWS_PROXY',
      IntegrationUri: attribute('Consumer', 'Arn'),
      PayloadFormatVersion: '2.0',
    },
  },
  GetJob: {
    Type: 'AWS::ApiGatewayV2::Route',
    Properties: {
      ApiId: ref('Api'),
      AuthorizationType: 'AWS_IAM',
      RouteKey: 'GET /jobs/{id}',
      Target: { 'Fn::Join': ['', ['integrations/', ref('Integration')]] },
    },
  },
  Open: {
    Type: 'AWS::ApiGatewayV2::Route',
    Properties: {
      ApiId: ref('Api'),
      RouteKey: 'ANY /open',
      Target: { 'Fn::Join': ['', ['integrations/', ref('Integration')]] },
    },
  },
};

export const SAMPLE_OUTPUTS = {
  ApiUrl: {
    Value: {
      'Fn::Join': ['', ['https://', ref('Api'), '.execute-api.', ref('AWS::Region'), '.', ref('AWS::URLSuffix'), '/']],
    },
  },
  ApiEndpoint: { Value: attribute('Api', 'ApiEndpoint') },
  TableName: { Value: ref('Jobs') },
  QueueUrl: { Value: ref('Queue') },
};

/** An assembly of the sample's resources with some replaced, added, or (by `undefined`) removed. */
export const assemblyOf = (
  changes: Readonly<Record<string, Resource | undefined>> = {},
  outputs: Readonly<Record<string, unknown>> = SAMPLE_OUTPUTS,
): StackAssembly => ({
  stackName: 'Demo',
  template: {
    Resources: Object.fromEntries(
      Object.entries({ ...SAMPLE_RESOURCES, ...changes }).filter(([, resource]) => resource !== undefined),
    ),
    Outputs: outputs,
    Parameters: { BootstrapVersion: { Type: 'AWS::SSM::Parameter::Value<String>', Default: '/bootstrap/version' } },
    Rules: { CheckBootstrapVersion: { Assertions: [] } },
  },
  assets: new Map([['abc.zip', '/somewhere/asset.abc']]),
});

/** A resource of the sample with some of its properties changed. */
export const withProperties = (logicalId: string, properties: Readonly<Record<string, unknown>>) => {
  const resource = SAMPLE_RESOURCES[logicalId];
  if (resource === undefined) throw new Error(`the sample has no ${logicalId}`);
  return { [logicalId]: { ...resource, Properties: { ...resource.Properties, ...properties } } };
};
