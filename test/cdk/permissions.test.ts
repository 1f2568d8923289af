import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Template } from 'aws-cdk-lib/assertions';
import { AccountPrincipal, Role } from 'aws-cdk-lib/aws-iam';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { describe, expect, it } from 'vitest';
import { PERMISSIONS } from '../../lib/cdk/permissions.ts';
import { setup, type TestStack } from './test-stack.ts';

interface Statement {
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
}

interface PolicyDocument {
  readonly PolicyDocument: { readonly Statement: readonly Statement[] };
}

interface RoleProperties {
  readonly Description?: string;
  readonly ManagedPolicyArns?: unknown;
  readonly Policies?: readonly PolicyDocument[];
}

const ROLES = {
  api: 'Answers the HTTP API of the jobs',
  producer: 'Finds jobs that are due and sends them',
  consumer: 'Runs jobs',
  schedule: 'Wakes the producer',
} as const;

const propertiesOf = <Properties>(template: Template, type: string): readonly Properties[] =>
  Object.values(template.findResources(type)).map((resource) => resource['Properties'] as Properties);

/** `GetAtt` of a resource and what is joined to it, in short: `Table`, `Table/index/lane-nextAt-index`. */
const nameOf = (resource: unknown): string =>
  JSON.stringify(resource)
    .replace(/\{"Fn::GetAtt":\["Jobs(\w+?)[0-9A-F]{8}","Arn"\]\}/, '$1')
    .replace(/^\{"Fn::Join":\["",\[(\w+),"(.*)"\]\]\}$/, '$1$2')
    .replaceAll('"', '');

const permissionsOf = (documents: readonly PolicyDocument[]): Record<string, string | readonly string[]> =>
  Object.fromEntries(
    documents.flatMap(({ PolicyDocument: { Statement } }) =>
      Statement.map(({ Resource, Action }) => [nameOf(Resource), Action]),
    ),
  );

const roleOf = (template: Template, name: keyof typeof ROLES) => {
  const role = propertiesOf<RoleProperties>(template, 'AWS::IAM::Role').find(
    ({ Description }) => Description === ROLES[name],
  );
  return permissionsOf(role?.Policies ?? []);
};

const logs = ['logs:CreateLogStream', 'logs:PutLogEvents'];

const createSubmitter = ({ stack }: TestStack) =>
  new LambdaFunction(stack, 'Submitter', {
    runtime: Runtime.NODEJS_24_X,
    handler: 'index.handler',
    code: Code.fromInline('exports.handler = async () => {};'),
  });

describe('permissions', () => {
  it('let the API put and read jobs and send their messages', () => {
    expect(roleOf(setup().toTemplate(), 'api')).toEqual({
      Table: ['dynamodb:BatchGetItem', 'dynamodb:PutItem'],
      Queue: 'sqs:SendMessage',
      ApiLogs: logs,
    });
  });

  it('let the producer find, read and move jobs and send their messages', () => {
    expect(roleOf(setup().toTemplate(), 'producer')).toEqual({
      Table: ['dynamodb:BatchGetItem', 'dynamodb:UpdateItem'],
      'Table/index/lane-nextAt-index': 'dynamodb:Query',
      Queue: ['sqs:GetQueueAttributes', 'sqs:SendMessage'],
      DeadLetterQueue: 'sqs:SendMessage',
      ProducerLogs: logs,
    });
  });

  it('let the consumer receive, claim and finish jobs, and send what must come again', () => {
    expect(roleOf(setup().toTemplate(), 'consumer')).toEqual({
      Table: ['dynamodb:BatchGetItem', 'dynamodb:UpdateItem'],
      Queue: [
        'sqs:ChangeMessageVisibility',
        'sqs:DeleteMessage',
        'sqs:GetQueueAttributes',
        'sqs:ReceiveMessage',
        'sqs:SendMessage',
      ],
      DeadLetterQueue: 'sqs:SendMessage',
      ConsumerLogs: logs,
    });
  });

  it('let the schedule wake exactly the producer', () => {
    expect(roleOf(setup().toTemplate(), 'schedule')).toEqual({ ProducerFunction: 'lambda:InvokeFunction' });
  });

  it('stand in the roles themselves: no managed policy, no policy beside them', () => {
    const template = setup().toTemplate();
    template.resourceCountIs('AWS::IAM::Policy', 0);
    template.resourceCountIs('AWS::IAM::ManagedPolicy', 0);
    for (const role of propertiesOf<RoleProperties>(template, 'AWS::IAM::Role')) {
      expect(role).not.toHaveProperty('ManagedPolicyArns');
    }
  });

  it('name every resource and every action', () => {
    const test = setup();
    test.jobs.connect(createSubmitter(test));
    const template = test.toTemplate();
    const documents = [
      ...propertiesOf<RoleProperties>(template, 'AWS::IAM::Role').flatMap(({ Policies }) => Policies ?? []),
      ...propertiesOf<PolicyDocument>(template, 'AWS::IAM::Policy'),
      ...propertiesOf<PolicyDocument>(template, 'AWS::SQS::QueuePolicy'),
    ];
    const statements = documents.flatMap(({ PolicyDocument: { Statement } }) => Statement);
    expect(statements.length).toBeGreaterThan(15);
    for (const { Effect, Action, Resource } of statements) {
      expect(JSON.stringify(Resource)).not.toContain('*');
      // The only other statements deny: every action, when it comes without TLS.
      if (Effect === 'Allow') expect(JSON.stringify(Action)).not.toContain('*');
    }
  });
});

describe('permissions and the code that needs them', () => {
  const ACTION_OF: Readonly<Record<string, string>> = {
    BatchGet: 'dynamodb:BatchGetItem',
    ChangeMessageVisibilityBatch: 'sqs:ChangeMessageVisibility',
    DeleteMessageBatch: 'sqs:DeleteMessage',
    GetQueueAttributes: 'sqs:GetQueueAttributes',
    Put: 'dynamodb:PutItem',
    Query: 'dynamodb:Query',
    SendMessageBatch: 'sqs:SendMessage',
    Update: 'dynamodb:UpdateItem',
  };

  it('are the same set: no command without its action, no action without its command', () => {
    const commands = ['lib/dynamodb', 'lib/sqs']
      .flatMap((folder) => readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((file) => join(folder, file)))
      .filter((file) => file.endsWith('.ts'))
      .flatMap((file) => [...readFileSync(file, 'utf8').matchAll(/new (\w+)Command\(/g)])
      .map(([, command = '']) => ACTION_OF[command] ?? `unknown command ${command}`);
    const actions = Object.values(PERMISSIONS).flatMap((permissions) => Object.values(permissions).flat());
    // Lambda receives in the consumer's name; no code of ours does.
    expect(new Set([...commands, 'sqs:ReceiveMessage'])).toEqual(new Set(actions));
  });
});

describe('connect and grantSubmit', () => {
  const submit = { Table: ['dynamodb:BatchGetItem', 'dynamodb:PutItem'], Queue: 'sqs:SendMessage' };

  it('let a function submit', () => {
    const test = setup();
    test.jobs.connect(createSubmitter(test));
    expect(permissionsOf(propertiesOf<PolicyDocument>(test.toTemplate(), 'AWS::IAM::Policy'))).toEqual(submit);
  });

  it('let anybody else submit who can be granted something', () => {
    const { stack, jobs, toTemplate } = setup();
    const role = new Role(stack, 'Operators', { assumedBy: new AccountPrincipal('111122223333') });
    expect(jobs.grantSubmit(role).success).toBe(true);
    expect(permissionsOf(propertiesOf<PolicyDocument>(toTemplate(), 'AWS::IAM::Policy'))).toEqual(submit);
  });
});
