import { describe, expect, it } from 'vitest';
import { type AccessRecord, Authorizer } from '../../../lib/local/iam/index.ts';
import { ServiceCalls } from '../../../lib/local/stack/service-calls.ts';
import { planStacks } from '../../../lib/local/template/plan-stack.ts';
import { assemblyOf, LOCAL, withProperties } from '../template/sample-template.ts';

type Changes = NonNullable<Parameters<typeof assemblyOf>[0]>;
type Fields = Readonly<Record<string, unknown>>;

const KEY = 'arn:aws:kms:us-east-1:000000000000:key/Demo-Key';

const statement = (fields: Fields): Fields => ({ Effect: 'Allow', ...fields });
const trust = (Service: string, Condition = {}): Fields =>
  statement({ Principal: { Service }, Action: 'sts:AssumeRole', Condition });

const TRUST = [
  trust('lambda.amazonaws.com'),
  trust('scheduler.amazonaws.com', { StringEquals: { 'aws:SourceAccount': '000000000000' } }),
];
const RECEIVE = statement({
  Action: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'],
  Resource: { 'Fn::GetAtt': ['Queue', 'Arn'] },
});
const INVOKE = statement({ Action: 'lambda:InvokeFunction', Resource: { 'Fn::GetAtt': ['Producer', 'Arn'] } });
const LOG = statement({
  Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
  Resource: { 'Fn::GetAtt': ['Logs', 'Arn'] },
});

const role = (statements: readonly Fields[], trusted: readonly Fields[] = TRUST): Changes =>
  withProperties('Role', {
    AssumeRolePolicyDocument: { Statement: trusted },
    Policies: [{ PolicyName: 'own', PolicyDocument: { Statement: statements } }],
  });

const permission = (SourceArn: unknown): Changes => ({
  Permission: {
    Type: 'AWS::Lambda::Permission',
    Properties: {
      Action: 'lambda:InvokeFunction',
      FunctionName: { 'Fn::GetAtt': ['Consumer', 'Arn'] },
      Principal: 'apigateway.amazonaws.com',
      SourceArn,
    },
  },
});

const setup = (changes: Changes) => {
  const plan = planStacks([assemblyOf(changes)], LOCAL);
  const records: AccessRecord[] = [];
  const authorizer = new Authorizer({ plan: plan.access, onRecord: (record) => records.push(record) });
  const [consumer, producer] = plan.functions;
  const [schedule] = plan.schedules;
  if (consumer === undefined || producer === undefined || schedule === undefined) throw new Error('a changed sample');
  return { calls: new ServiceCalls({ plan, authorizer }), plan, records, consumer, producer, schedule };
};

describe('a stack can be deployed', () => {
  it('with roles that may be assumed, and a role that may do what its pollers do', () => {
    expect(() => setup(role([RECEIVE])).calls.assertDeployable()).not.toThrow();
  });

  it.each<[string, Changes, RegExp]>([
    ['Lambda cannot assume', role([RECEIVE], TRUST.slice(1)), /function Demo-Consumer cannot be assumed by Lambda/],
    ['the scheduler cannot assume', role([RECEIVE], TRUST.slice(0, 1)), /role of the schedule Demo-EveryMinute cannot/],
    [
      'only the schedules of another account can assume',
      role(
        [RECEIVE],
        [
          trust('lambda.amazonaws.com'),
          trust('scheduler.amazonaws.com', { StringEquals: { 'aws:SourceAccount': '111122223333' } }),
        ],
      ),
      /role of the schedule Demo-EveryMinute cannot/,
    ],
    [
      'may not receive',
      role([{ ...RECEIVE, Action: ['sqs:DeleteMessage', 'sqs:GetQueueAttributes'] }]),
      /function Demo-Consumer does not allow sqs:ReceiveMessage on arn:aws:sqs:us-east-1:000000000000:Demo-Queue/,
    ],
  ])('fails with a role that %s', (_what, changes, message) => {
    expect(() => setup(changes).calls.assertDeployable()).toThrow(message);
  });

  it('receives and deletes by its pollers only once they do: planning leaves no trace of it', () => {
    const { calls, records } = setup(role([RECEIVE]));
    calls.assertDeployable();
    const sqs = records.filter(({ action }) => action.startsWith('sqs:')).map(({ action }) => action);
    expect(sqs).toEqual(['sqs:GetQueueAttributes']);
  });
});

describe('logs under a key of the customer', () => {
  const key = (...Statement: readonly Fields[]): Changes => ({
    Key: { Type: 'AWS::KMS::Key', Properties: { KeyPolicy: { Statement } } },
    ...withProperties('Logs', { KmsKeyId: { 'Fn::GetAtt': ['Key', 'Arn'] } }),
  });
  const logsUse = (pattern: string): Fields =>
    statement({
      Principal: { Service: 'logs.us-east-1.amazonaws.com' },
      Action: ['kms:Decrypt*', 'kms:Describe*', 'kms:Encrypt*', 'kms:GenerateDataKey*', 'kms:ReEncrypt*'],
      Resource: '*',
      Condition: { ArnLike: { 'kms:EncryptionContext:aws:logs:arn': pattern } },
    });
  const account = statement({ Principal: { AWS: 'arn:aws:iam::000000000000:root' }, Action: 'kms:*', Resource: '*' });

  it('need a key whose own policy lets CloudWatch Logs use it', () => {
    const { calls } = setup({ ...role([RECEIVE]), ...key(account, logsUse('arn:aws:logs:*:*:log-group:*')) });
    expect(() => calls.assertDeployable()).not.toThrow();
  });

  it.each([
    ['says nothing of it', key(account)],
    ['means other log groups', key(account, logsUse('arn:aws:logs:*:*:log-group:other'))],
  ])('fails with a policy that %s', (_what, changes) => {
    expect(() => setup({ ...role([RECEIVE]), ...changes }).calls.assertDeployable()).toThrow(
      `The policy of the key ${KEY} does not let CloudWatch Logs use it (kms:Encrypt)`,
    );
  });

  it('are taken on trust where another app makes the key', () => {
    const KmsKeyId = 'arn:aws:kms:us-east-1:111122223333:key/theirs';
    const { calls } = setup({ ...role([RECEIVE]), ...withProperties('Logs', { KmsKeyId }) });
    expect(() => calls.assertDeployable()).not.toThrow();
  });
});

describe('API Gateway invokes', () => {
  const source = (route: string) => ({
    'Fn::Join': ['', ['arn:aws:execute-api:us-east-1:000000000000:', { Ref: 'Api' }, `/*/*${route}`]],
  });

  it('where the function has a permission for the route', () => {
    const { calls, consumer, records } = setup(permission(source('/jobs/{id}')));
    expect(calls.invokeByApi(consumer, 'GET /jobs/{id}')).toBeUndefined();
    expect(records).toMatchObject([{ action: 'lambda:InvokeFunction', resource: consumer.arn }]);
  });

  it.each<[string, Changes]>([
    ['a permission for another route', permission(source('/other'))],
    ['a permission for another API', permission('arn:aws:execute-api:us-east-1:000000000000:other/*/*/jobs/{id}')],
    ['no permission', {}],
  ])('fails with %s', (_what, changes) => {
    const { calls, consumer } = setup(changes);
    expect(calls.invokeByApi(consumer, 'GET /jobs/{id}')).toMatchObject({
      principal: { name: 'apigateway.amazonaws.com' },
      decision: { kind: 'not-allowed', by: 'resource' },
    });
  });
});

describe('a schedule invokes', () => {
  it('in its role', () => {
    const { calls, schedule, producer } = setup(role([INVOKE]));
    expect(calls.invokeBySchedule(schedule, producer)).toBeUndefined();
  });

  it('fails where its role does not allow it, for this function', () => {
    const { calls, schedule, consumer } = setup(role([INVOKE]));
    expect(calls.invokeBySchedule(schedule, consumer)).toMatchObject({ decision: { kind: 'not-allowed' } });
  });
});

describe('a function writes its log', () => {
  const inShort = (records: readonly AccessRecord[]) =>
    records.map(({ action, decision }) => `${decision.kind}: ${action}`);

  it('to the group of the template', () => {
    const { calls, consumer, records } = setup(role([LOG]));
    calls.writeLog(consumer);
    expect(inShort(records)).toEqual(['allowed: logs:CreateLogStream', 'allowed: logs:PutLogEvents']);
  });

  it('fails to be seen in a group that Lambda would have to create, which is told', () => {
    const { calls, producer, records } = setup(role([LOG]));
    calls.writeLog(producer);
    expect(inShort(records)[0]).toBe('not-allowed: logs:CreateLogGroup');
  });
});
