import { Match, Template } from 'aws-cdk-lib/assertions';
import { AccountPrincipal, Role } from 'aws-cdk-lib/aws-iam';
import { Alias, type IKey, Key } from 'aws-cdk-lib/aws-kms';
import { Stack } from 'aws-cdk-lib/core';
import { describe, expect, it } from 'vitest';
import { AsyncEndpoints, InvalidPropsError } from '../../lib/cdk/index.ts';
import { createApp, setup } from './test-stack.ts';

const IMPORTED = 'arn:aws:kms:us-east-1:111122223333:key/11112222-3333-4444-5555-666677778888';
const USE_OF_KEY = {
  Effect: 'Allow',
  Action: ['kms:Decrypt', 'kms:GenerateDataKey'],
  Condition: { StringLike: { 'kms:ViaService': ['dynamodb.*', 'sqs.*'] } },
};

const setupWith = (createKey: (scope: Stack) => IKey) =>
  setup({ encryptionKey: createKey(new Stack(createApp(), 'Keys')) });

const setupImported = () => setupWith((scope) => Key.fromKeyArn(scope, 'Imported', IMPORTED));

/** The key is made by the same app, so its policy is the app's to extend. */
const setupInOneApp = () => {
  const { stack } = setup();
  const encryptionKey = new Key(stack, 'Key', { enableKeyRotation: true });
  new AsyncEndpoints(stack, 'Encrypted', {
    jobsDirectory: 'functions/jobs',
    encryptionKey,
    outputPrefix: 'Encrypted',
  });
  return Template.fromStack(stack);
};

const encryptedPart = (template: Template, type: string): readonly Readonly<Record<string, unknown>>[] =>
  Object.entries(template.findResources(type))
    .filter(([logicalId]) => logicalId.startsWith('Encrypted'))
    .map(([, resource]) => resource['Properties']);

describe('without the prop encryptionKey', () => {
  it('keys of AWS encrypt everything, and nobody needs a permission for them', () => {
    const template = setup().toTemplate();
    template.allResourcesProperties('AWS::SQS::Queue', { SqsManagedSseEnabled: true, KmsMasterKeyId: Match.absent() });
    template.allResourcesProperties('AWS::Logs::LogGroup', { KmsKeyId: Match.absent() });
    expect(JSON.stringify(template.toJSON())).not.toContain('kms:');
  });
});

describe('the prop encryptionKey', () => {
  it('encrypts the table, both queues and every log group', () => {
    const template = setupInOneApp();
    const [keyId] = Object.keys(template.findResources('AWS::KMS::Key'));
    const keyArn = { 'Fn::GetAtt': [keyId, 'Arn'] };
    expect(encryptedPart(template, 'AWS::DynamoDB::Table').map((table) => table['SSESpecification'])).toEqual([
      { KMSMasterKeyId: keyArn, SSEEnabled: true, SSEType: 'KMS' },
    ]);
    expect(encryptedPart(template, 'AWS::SQS::Queue').map((queue) => queue['KmsMasterKeyId'])).toEqual([
      keyArn,
      keyArn,
    ]);
    const logGroups = encryptedPart(template, 'AWS::Logs::LogGroup').map((group) => group['KmsKeyId']);
    expect(logGroups).toEqual([keyArn, keyArn, keyArn, keyArn]);
  });

  it.each(['Answers the HTTP API of the jobs', 'Finds jobs that are due and sends them', 'Runs jobs'])(
    'lets the function that "%s" use the key through DynamoDB and SQS only',
    (Description) => {
      const { toTemplate } = setupImported();
      toTemplate().hasResourceProperties('AWS::IAM::Role', {
        Description,
        Policies: [
          Match.objectLike({
            PolicyDocument: Match.objectLike({
              Statement: Match.arrayWith([{ ...USE_OF_KEY, Resource: IMPORTED }]),
            }),
          }),
        ],
      });
    },
  );

  it('lets those submit who are given connect or grantSubmit', () => {
    const { stack, jobs, toTemplate } = setupImported();
    const role = new Role(stack, 'Operators', { assumedBy: new AccountPrincipal('111122223333') });
    expect(jobs.grantSubmit(role).success).toBe(true);
    toTemplate().hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: Match.objectLike({ Statement: Match.arrayWith([{ ...USE_OF_KEY, Resource: IMPORTED }]) }),
    });
  });

  it('lets CloudWatch Logs use the key, said once in its policy, for log groups of this account', () => {
    const [policy] = Object.values(setupInOneApp().findResources('AWS::KMS::Key')).map(
      ({ Properties }) => Properties.KeyPolicy.Statement as readonly { readonly Principal: object }[],
    );
    const ofLogs = policy?.filter(({ Principal }) => JSON.stringify(Principal).includes('logs.'));
    expect(ofLogs).toEqual([
      {
        Effect: 'Allow',
        Principal: { Service: { 'Fn::Join': ['', ['logs.', { Ref: 'AWS::Region' }, '.amazonaws.com']] } },
        Action: ['kms:Decrypt*', 'kms:Describe*', 'kms:Encrypt*', 'kms:GenerateDataKey*', 'kms:ReEncrypt*'],
        Resource: '*',
        Condition: { ArnLike: { 'kms:EncryptionContext:aws:logs:arn': expect.anything() } },
      },
    ]);
  });

  it.each([
    ['a text', () => 'alias/mine' as unknown as IKey],
    ['an alias', (scope: Stack) => Alias.fromAliasName(scope, 'Alias', 'alias/mine')],
  ])('fails for %s, which no permission could name', (_what, createKey) => {
    expect(() => setupWith(createKey)).toThrow(InvalidPropsError);
    expect(() => setupWith(createKey)).toThrow(/encryptionKey is .*, but must be a key \(not an alias of one\)/);
  });
});
