import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { resolveOwnEntry } from '../../../lib/local/processes/index.ts';

/** Notes what happens in the order in which it happens; messages say how the consumer behaves. */
const FUNCTION_CODE = `
const { appendFileSync } = require('node:fs');
const note = (line) => appendFileSync(process.env.NOTES, line + '\\n');
const stopped = new Promise((resolve) => process.on('SIGTERM', () => { note('told to stop'); resolve(); }));

exports.api = async (event) => ({ statusCode: 200, body: JSON.stringify({ path: event.rawPath, environment: process.env }) });
exports.producer = async () => note('tick');
exports.consumer = async ({ Records: records }) => {
  for (const { body } of records) {
    note(body + ' started');
    if (body === 'looping') while (true);
    if (body === 'deaf') await new Promise(() => setInterval(() => {}, 1000));
    if (body === 'obedient') {
      const work = setInterval(() => {}, 1000);
      await stopped;
      await new Promise((resolve) => setTimeout(resolve, 100));
      clearInterval(work);
    }
    note(body + ' ended');
  }
};
`;

const ref = (id: string) => ({ Ref: id });
const arnOf = (id: string) => ({ 'Fn::GetAtt': [id, 'Arn'] });

const createFunction = (handler: string, notes: string) => ({
  Type: 'AWS::Lambda::Function',
  Properties: {
    Code: { S3Bucket: 'assets', S3Key: 'code.zip' },
    Handler: `index.${handler}`,
    Role: arnOf('Role'),
    Runtime: 'nodejs24.x',
    Timeout: 60,
    Environment: { Variables: { NOTES: notes, QUEUE: ref('Queue') } },
  },
});

const toTemplate = (notes: string) => ({
  Resources: {
    Table: {
      Type: 'AWS::DynamoDB::Table',
      Properties: {
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
        AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
        BillingMode: 'PAY_PER_REQUEST',
      },
    },
    DeadLetterQueue: { Type: 'AWS::SQS::Queue', Properties: {} },
    Queue: {
      Type: 'AWS::SQS::Queue',
      Properties: {
        VisibilityTimeout: 60,
        RedrivePolicy: { deadLetterTargetArn: arnOf('DeadLetterQueue'), maxReceiveCount: 2 },
      },
    },
    Role: {
      Type: 'AWS::IAM::Role',
      Properties: {
        AssumeRolePolicyDocument: {
          Statement: [
            {
              Effect: 'Allow',
              Action: 'sts:AssumeRole',
              Principal: { Service: ['lambda.amazonaws.com', 'scheduler.amazonaws.com'] },
            },
          ],
        },
        Policies: [
          {
            PolicyName: 'all',
            PolicyDocument: {
              Statement: [{ Effect: 'Allow', Action: ['sqs:*', 'logs:*', 'lambda:*'], Resource: '*' }],
            },
          },
        ],
      },
    },
    Permission: {
      Type: 'AWS::Lambda::Permission',
      Properties: {
        Action: 'lambda:InvokeFunction',
        FunctionName: ref('ToyApiFunction'),
        Principal: 'apigateway.amazonaws.com',
      },
    },
    ToyApiFunction: createFunction('api', notes),
    ToyProducerFunction: createFunction('producer', notes),
    ToyConsumerFunction: createFunction('consumer', notes),
    Mapping: {
      Type: 'AWS::Lambda::EventSourceMapping',
      Properties: { EventSourceArn: arnOf('Queue'), FunctionName: ref('ToyConsumerFunction'), BatchSize: 1 },
    },
    Schedule: {
      Type: 'AWS::Scheduler::Schedule',
      Properties: {
        ScheduleExpression: 'rate(1 minute)',
        FlexibleTimeWindow: { Mode: 'OFF' },
        Target: { Arn: arnOf('ToyProducerFunction'), RoleArn: arnOf('Role') },
      },
    },
    Api: { Type: 'AWS::ApiGatewayV2::Api', Properties: { Name: 'toy', ProtocolType: 'HTTP' } },
    Stage: { Type: 'AWS::ApiGatewayV2::Stage', Properties: { ApiId: ref('Api'), StageName: '$default' } },
    Integration: {
      Type: 'AWS::ApiGatewayV2::Integration',
      Properties: {
        ApiId: ref('Api'),
        IntegrationType: 'AWS_PROXY',
        IntegrationUri: arnOf('ToyApiFunction'),
        PayloadFormatVersion: '2.0',
      },
    },
    Route: {
      Type: 'AWS::ApiGatewayV2::Route',
      Properties: {
        ApiId: ref('Api'),
        RouteKey: 'GET /hello',
        Target: { 'Fn::Join': ['/', ['integrations', ref('Integration')]] },
      },
    },
  },
  Outputs: {
    TableName: { Value: ref('Table') },
    QueueUrl: { Value: ref('Queue') },
    DeadLetterQueueUrl: { Value: ref('DeadLetterQueue') },
  },
});

/** An assembly as the CDK writes it, reduced to what matters. */
const toFiles = (notes: string): Readonly<Record<string, unknown>> => ({
  'manifest.json': {
    version: '48.0.0',
    artifacts: {
      'Toy.assets': { type: 'cdk:asset-manifest', properties: { file: 'Toy.assets.json' } },
      Toy: {
        type: 'aws:cloudformation:stack',
        dependencies: ['Toy.assets'],
        properties: { templateFile: 'Toy.template.json', stackName: 'Toy' },
      },
    },
  },
  'Toy.assets.json': {
    files: { code: { source: { path: 'code' }, destinations: { here: { objectKey: 'code.zip' } } } },
  },
  'Toy.template.json': toTemplate(notes),
});

export interface ToyProject {
  readonly directory: string;
  /** For what its stack has there while it runs: one that is killed leaves it. */
  readonly temporary: string;
  /** What the functions have noted so far. */
  readonly readNotes: () => Promise<readonly string[]>;
  readonly remove: () => Promise<void>;
}

/** A project whose app needs no CDK, with one function of each kind, and an `npm start` like the product's own. */
export async function createToyProject(): Promise<ToyProject> {
  const directory = await mkdtemp(join(tmpdir(), 'toy-project-'));
  const temporary = join(directory, 'tmp');
  const notes = join(directory, 'notes');
  const command = ['node', ...resolveOwnEntry(new URL('../../../bin/async-endpoints', import.meta.url)), 'dev'];
  const app = `
    import { mkdirSync, writeFileSync } from 'node:fs';
    const files = ${JSON.stringify(toFiles(notes))};
    mkdirSync(process.env.CDK_OUTDIR + '/code', { recursive: true });
    writeFileSync(process.env.CDK_OUTDIR + '/code/index.js', ${JSON.stringify(FUNCTION_CODE)});
    for (const [name, content] of Object.entries(files)) {
      writeFileSync(process.env.CDK_OUTDIR + '/' + name, JSON.stringify(content));
    }
  `;
  await mkdir(temporary);
  await Promise.all([
    writeFile(notes, ''),
    writeFile(join(directory, 'cdk.json'), JSON.stringify({ app: 'node app.mjs' })),
    writeFile(join(directory, 'app.mjs'), app),
    writeFile(
      join(directory, 'package.json'),
      JSON.stringify({ private: true, scripts: { start: `exec ${command.join(' ')}`, plain: command.join(' ') } }),
    ),
  ]);
  return {
    directory,
    temporary,
    readNotes: async () => (await readFile(notes, 'utf8')).split('\n').filter((line) => line !== ''),
    remove: () => rm(directory, { recursive: true, force: true }),
  };
}
