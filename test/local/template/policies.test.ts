import { describe, expect, it } from 'vitest';
import { evaluate } from '../../../lib/local/iam/evaluate.ts';
import { planStacks } from '../../../lib/local/template/plan-stack.ts';
import { assemblyOf, LOCAL, withProperties } from './sample-template.ts';

type Fields = Readonly<Record<string, unknown>>;

const ROLE = 'arn:aws:iam::000000000000:role/Demo-Role';
const QUEUE = 'arn:aws:sqs:us-east-1:000000000000:Demo-Queue';
const KEY = 'arn:aws:kms:us-east-1:000000000000:key/Demo-Key';
const SEND: Fields = { Effect: 'Allow', Action: 'sqs:SendMessage', Resource: QUEUE };

const roleWith = (...Statement: readonly Fields[]) =>
  withProperties('Role', { Policies: [{ PolicyName: 'own', PolicyDocument: { Version: '2012-10-17', Statement } }] });

const planWith = (changes: Parameters<typeof assemblyOf>[0]) => planStacks([assemblyOf(changes)], LOCAL).access;

/** Whether a role with these statements may send to the queue. */
const maySend = (...statements: readonly Fields[]): string => {
  const principal = {
    kind: 'role',
    arn: 'arn:aws:sts::000000000000:assumed-role/Demo-Role/fn',
    roleArn: ROLE,
  } as const;
  const context = { 'aws:SecureTransport': 'true', 'aws:PrincipalAccount': '000000000000' };
  const request = { principal, action: 'sqs:SendMessage', resource: QUEUE, context };
  return evaluate(request, planWith(roleWith(...statements))).kind;
};

describe('the policies of a template', () => {
  it.each<[string, readonly Fields[]]>([
    ['the action and the resource', [SEND]],
    ['lists of them', [{ ...SEND, Action: ['sqs:Other', 'sqs:SendMessage'], Resource: ['arn:aws:s3:::x', QUEUE] }]],
    ['patterns', [{ ...SEND, Action: 'sqs:Send*', Resource: 'arn:aws:sqs:*:*:Demo-Queu?' }]],
    ['every other action', [{ Effect: 'Allow', NotAction: 'sqs:DeleteMessage', Resource: '*' }]],
    ['every other resource', [{ Effect: 'Allow', Action: '*', NotResource: 'arn:aws:sqs:*:*:other' }]],
    ['a reference', [{ ...SEND, Resource: { 'Fn::GetAtt': ['Queue', 'Arn'] } }]],
    ['a condition that holds', [{ ...SEND, Condition: { Bool: { 'aws:SecureTransport': true } } }]],
  ])('allow what a statement allows by %s', (_what, statements) => {
    expect(maySend(...statements)).toBe('allowed');
  });

  it.each<[string, string, readonly Fields[]]>([
    ['another account', 'not-allowed', [{ ...SEND, Resource: 'arn:aws:sqs:us-east-1:111122223333:Demo-Queue' }]],
    ['another region', 'not-allowed', [{ ...SEND, Resource: 'arn:aws:sqs:eu-west-1:000000000000:Demo-Queue' }]],
    ['all actions but this one', 'not-allowed', [{ Effect: 'Allow', NotAction: ['sqs:*'], Resource: '*' }]],
    ['all resources but this one', 'not-allowed', [{ Effect: 'Allow', Action: '*', NotResource: QUEUE }]],
    ['a denial beside it', 'denied', [SEND, { Effect: 'Deny', Action: 'sqs:*', Resource: '*' }]],
    ['a denial of the rest', 'denied', [SEND, { Effect: 'Deny', NotAction: 'sqs:ReceiveMessage', Resource: '*' }]],
    [
      'a condition that does not hold',
      'not-allowed',
      [{ ...SEND, Condition: { StringEquals: { 'aws:PrincipalAccount': '111122223333' } } }],
    ],
  ])('fails to allow by %s', (_what, expected, statements) => {
    expect(maySend(...statements)).toBe(expected);
  });

  it.each<[string, Fields, RegExp]>([
    ['an operator', { ...SEND, Condition: { IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } } }, /operator IpAddress/],
    [
      'an operator on sets',
      { ...SEND, Condition: { 'ForAnyValue:StringEquals': { 'aws:SourceArn': ['x'] } } },
      /operator ForAnyValue:StringEquals/,
    ],
    [
      'a condition key',
      { ...SEND, Condition: { StringEquals: { 'dynamodb:LeadingKeys': 'x' } } },
      /key dynamodb:LeadingKeys/,
    ],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: IAM writes its variables so.
    ['a policy variable', { ...SEND, Resource: 'arn:aws:sqs:*:*:${aws:username}' }, /without policy variables/],
    ['an effect', { ...SEND, Effect: 'Maybe' }, /"Policies\[0\].PolicyDocument.Statement\[0\].Effect" must be one of/],
    ['a part of a statement', { ...SEND, Resources: QUEUE }, /property ".*Statement\[0\].Resources" is not known/],
    ['both of Action and NotAction', { ...SEND, NotAction: 'sqs:*' }, /absent beside Action/],
    [
      'no action',
      { Effect: 'Allow', Resource: QUEUE },
      /"Policies\[0\].PolicyDocument.Statement\[0\].Action" is missing/,
    ],
    ['no resource', { Effect: 'Allow', Action: 'sqs:*' }, /Statement\[0\].Resource" is missing/],
    ['a principal of another kind', { ...SEND, Principal: { Robot: 'x' } }, /must be of AWS, Service, Federated/],
  ])('fails to be planned with %s that is not known, naming it', (_what, statement, message) => {
    expect(() => planWith(roleWith(statement))).toThrow(message);
  });

  it('leaves conditions on services alone that do not run here', () => {
    const statement = { Effect: 'Allow', Action: 'ses:SendEmail', Resource: '*' };
    expect(() =>
      planWith(roleWith({ ...statement, Condition: { StringLike: { 'ses:FromAddress': '*@example.com' } } })),
    ).not.toThrow();
  });

  it('fails to be planned with a boundary of permissions, or a policy of AWS that is not known', () => {
    expect(() => planWith(withProperties('Role', { PermissionsBoundary: 'arn' }))).toThrow(/"PermissionsBoundary"/);
    const arn = 'arn:aws:iam::aws:policy/AdministratorAccess';
    expect(() => planWith(withProperties('Role', { ManagedPolicyArns: [arn] }))).toThrow(arn);
  });

  it('are those of policies beside the role too, and of policies of AWS that constructs attach', () => {
    const statements = [{ Effect: 'Allow', Action: 'sqs:SendMessage', Resource: QUEUE }];
    const Beside = {
      Type: 'AWS::IAM::Policy',
      Properties: { PolicyName: 'beside', PolicyDocument: { Statement: statements }, Roles: [{ Ref: 'Role' }] },
    };
    const ManagedPolicyArns = ['arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole'];
    const { identityPolicies } = planWith({ Beside, ...withProperties('Role', { ManagedPolicyArns }) });
    expect(identityPolicies[ROLE]?.map(({ origin }) => origin)).toEqual([
      'service-role/AWSLambdaBasicExecutionRole',
      'Beside',
    ]);
  });
});

describe('the keys of a template', () => {
  const KeyResource = { Type: 'AWS::KMS::Key', Properties: { KeyPolicy: { Statement: [] } } };
  const arn = { 'Fn::GetAtt': ['Key', 'Arn'] };

  it('are known by what they encrypt, whether it names them by ARN or by id', () => {
    const { keys, resourcePolicies } = planWith({
      Key: KeyResource,
      ...withProperties('Jobs', { SSESpecification: { KMSMasterKeyId: arn, SSEEnabled: true, SSEType: 'KMS' } }),
      ...withProperties('Queue', { KmsMasterKeyId: { Ref: 'Key' } }),
      ...withProperties('Logs', { KmsKeyId: arn }),
      Secret: { Type: 'AWS::SecretsManager::Secret', Properties: { KmsKeyId: arn } },
    });
    expect(keys).toEqual({
      'arn:aws:dynamodb:us-east-1:000000000000:table/Demo-Jobs': KEY,
      [QUEUE]: KEY,
      'arn:aws:logs:us-east-1:000000000000:log-group:Demo-Logs:*': KEY,
      [Object.keys(keys).at(-1) ?? '']: KEY,
    });
    expect(Object.keys(keys).at(-1)).toMatch(/^arn:aws:secretsmanager:.*:secret:Demo-Secret-/);
    expect(resourcePolicies).toHaveProperty([KEY]);
  });

  it('are none of anybody for keys of AWS', () => {
    const { keys } = planWith({
      ...withProperties('Queue', { KmsMasterKeyId: 'alias/aws/sqs' }),
      ...withProperties('Jobs', { SSESpecification: { SSEEnabled: true } }),
    });
    expect(keys).toEqual({});
  });

  it('fails on an alias, which says nothing of who may use the key', () => {
    expect(() => planWith(withProperties('Queue', { KmsMasterKeyId: 'alias/mine' }))).toThrow(
      /"Queue" .* property "KmsMasterKeyId" must be a key by its id or ARN .* got "alias\/mine"/,
    );
  });
});
