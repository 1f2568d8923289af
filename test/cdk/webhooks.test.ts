import { join } from 'node:path';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { type App, Stack, Validations } from 'aws-cdk-lib/core';
import { AwsSolutionsChecks } from 'cdk-nag';
import { describe, expect, it, vi } from 'vitest';
import { AsyncEndpoints, InvalidPropsError, type WebhookOptions } from '../../lib/cdk/index.ts';
import { ENV } from '../../lib/core/names.ts';
import { createProject, jobFiles } from './job-project.ts';
import { createApp } from './test-stack.ts';

const ARN = 'arn:aws:secretsmanager:eu-north-1:111122223333:secret:partner-AbCdEf';

interface Policy {
  readonly PolicyName: string;
  readonly PolicyDocument: {
    readonly Statement: readonly {
      readonly Action: unknown;
      readonly Resource: unknown;
      readonly Effect: string;
      readonly Condition?: unknown;
    }[];
  };
}

/** A stack whose webhooks are decided inside it, since secrets live in a stack. */
function setup(createWebhooks: (stack: Stack) => WebhookOptions | undefined, context: Record<string, unknown> = {}) {
  vi.stubEnv('CDK_VALIDATION', 'false');
  const app = createApp({ 'aws:cdk:bundling-stacks': [], ...context });
  const stack = new Stack(app, 'Test');
  const webhooks = createWebhooks(stack);
  const jobsDirectory = join(createProject(jobFiles('alpha')), 'jobs');
  new AsyncEndpoints(stack, 'Jobs', { jobsDirectory, ...(webhooks === undefined ? {} : { webhooks }) });
  return { app, stack, read: () => readStack(app) };
}

const resourcesOf = (app: App) =>
  Object.values(
    (app.synth().getStackByName('Test').template as { Resources: Record<string, { Type: string; Properties: object }> })
      .Resources,
  );

/** The consumer's variables and what it may do with secrets and keys; the other functions'. */
function readStack(app: App) {
  const resources = resourcesOf(app);
  const functions = resources
    .filter(({ Type }) => Type === 'AWS::Lambda::Function')
    .map(
      ({ Properties }) => Properties as { Description: string; Environment: { Variables: Record<string, unknown> } },
    );
  const statements = resources
    .filter(({ Type }) => Type === 'AWS::IAM::Role')
    .flatMap(({ Properties }) => (Properties as { Policies: readonly Policy[] }).Policies)
    .flatMap(({ PolicyName, PolicyDocument: { Statement } }) =>
      Statement.map(({ Action, Resource, Condition }) => ({
        role: PolicyName,
        action: Action,
        resource: Resource,
        ...(Condition === undefined ? {} : { condition: Condition }),
      })),
    )
    .filter(({ action }) => /secretsmanager|kms/.test(JSON.stringify(action)));
  const variablesOf = (isWanted: (description: string) => boolean) =>
    Object.assign(
      {},
      ...functions.filter(({ Description }) => isWanted(Description)).map(({ Environment }) => Environment.Variables),
    ) as Record<string, unknown>;
  return {
    consumer: variablesOf((description) => description === 'Runs jobs'),
    others: variablesOf((description) => description !== 'Runs jobs'),
    statements,
  };
}

const reachOf = (variables: Record<string, unknown>): unknown => JSON.parse(String(variables[ENV.webhooks]));

describe('webhooks', () => {
  it('reach nobody without the prop: the consumer is told nothing and may do nothing', () => {
    const { consumer, statements } = setup(() => undefined).read();
    expect(consumer).not.toHaveProperty(ENV.webhooks);
    expect(consumer).not.toHaveProperty(ENV.webhookSecrets);
    expect(statements).toEqual([]);
  });

  it('reach the hosts of the prop over https, at public addresses', () => {
    const { consumer, others, statements } = setup(() => ({ allowedHosts: ['a.test', '*.b.test'] })).read();
    expect(reachOf(consumer)).toEqual({ allowedHosts: ['a.test', '*.b.test'], allowedAddresses: [], allowHttp: false });
    expect(consumer).not.toHaveProperty(ENV.webhookSecrets);
    expect(others).not.toHaveProperty(ENV.webhooks);
    expect(statements).toEqual([]);
  });

  it('reach what else the prop allows', () => {
    const { consumer } = setup(() => ({
      allowedHosts: [],
      allowedAddresses: ['10.0.0.0/16', 'fd00::/8'],
      allowHttp: true,
    })).read();
    expect(reachOf(consumer)).toEqual({
      allowedHosts: [],
      allowedAddresses: ['10.0.0.0/16', 'fd00::/8'],
      allowHttp: true,
    });
  });

  it('go over http, too, under the local runtime, and to no other address than deployed', () => {
    const { consumer } = setup(() => ({ allowedHosts: ['a.test'] }), { 'async-endpoints:local': true }).read();
    expect(reachOf(consumer)).toEqual({ allowedHosts: ['a.test'], allowedAddresses: [], allowHttp: true });
  });
});

describe('secrets of webhooks', () => {
  it('are known to the consumer by name and ARN, and to nobody else, and it may read exactly those', () => {
    const { consumer, others, statements } = setup((stack) => ({
      allowedHosts: ['a.test'],
      secrets: {
        partner: Secret.fromSecretCompleteArn(stack, 'Imported', ARN),
        same: Secret.fromSecretCompleteArn(stack, 'Same', ARN),
      },
    })).read();
    expect(JSON.parse(String(consumer[ENV.webhookSecrets]))).toEqual({ partner: ARN, same: ARN });
    expect(others).not.toHaveProperty(ENV.webhookSecrets);
    expect(statements).toEqual([{ role: 'consumer', action: 'secretsmanager:GetSecretValue', resource: ARN }]);
  });

  it('may be made by the app, with a key of their own', () => {
    const { consumer, statements } = setup((stack) => ({
      allowedHosts: ['a.test'],
      secrets: { own: new Secret(stack, 'Own', { encryptionKey: new Key(stack, 'Key') }) },
    })).read();
    expect(JSON.stringify(consumer[ENV.webhookSecrets])).toContain('{"Ref":"Own');
    expect(statements).toEqual([
      { role: 'consumer', action: 'secretsmanager:GetSecretValue', resource: { Ref: expect.stringMatching(/^Own/) } },
      {
        role: 'consumer',
        action: 'kms:Decrypt',
        resource: { 'Fn::GetAtt': [expect.stringMatching(/^Key/), 'Arn'] },
        condition: { StringLike: { 'kms:ViaService': ['secretsmanager.*'] } },
      },
    ]);
  });

  it('leave cdk-nag with nothing to find', () => {
    const { app } = setup((stack) => ({
      allowedHosts: ['a.test'],
      secrets: { partner: Secret.fromSecretCompleteArn(stack, 'Imported', ARN) },
    }));
    Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
    expect(() => app.synth()).not.toThrow();
  });
});

describe('the prop webhooks', () => {
  const problemsOf = (createWebhooks: (stack: Stack) => WebhookOptions): readonly string[] => {
    try {
      setup(createWebhooks);
      return [];
    } catch (error) {
      if (error instanceof InvalidPropsError) return error.problems;
      throw error;
    }
  };

  it.each(['a', 'a.test', '*.a.test', 'A-1.b_2.test', '127.0.0.1', '::1', 'xn--bcher-kva.example'])(
    'accepts the host %s',
    (host) => expect(problemsOf(() => ({ allowedHosts: [host] }))).toEqual([]),
  );

  it.each([
    '',
    '*',
    'https://a.test',
    'a.test:443',
    'a.test/x',
    'a.*.test',
    '*a.test',
    '.a.test',
    'a..test',
    'bücher.example',
  ])('fails for the host %j', (host) =>
    expect(problemsOf(() => ({ allowedHosts: [host] }))).toEqual([
      expect.stringContaining(`webhooks.allowedHosts is ${JSON.stringify(host)}, but must be a host`),
    ]),
  );

  it.each(['10.0.0.0', '10.0.0.0/33', 'fd00::/129', 'a.test/8', '10.0.0.0/', '10.0.0.0/8/8', '10.0.0.0/-1', ''])(
    'fails for the block %j',
    (block) =>
      expect(problemsOf(() => ({ allowedHosts: [], allowedAddresses: [block] }))).toEqual([
        expect.stringContaining(
          `webhooks.allowedAddresses is ${JSON.stringify(block)}, but must be a block of addresses`,
        ),
      ]),
  );

  it('fails for a secret that is known by its name only: its permission would have to be a wildcard', () => {
    expect(
      problemsOf((stack) => ({
        allowedHosts: [],
        secrets: { partner: Secret.fromSecretNameV2(stack, 'Named', 'partner') },
      })),
    ).toEqual([
      'webhooks.secrets["partner"] is a secret known by its name only, but must be one whose full ARN is known: a secret of this app, or Secret.fromSecretCompleteArn',
    ]);
  });

  it('fails for a name that no job could give', () => {
    expect(
      problemsOf((stack) => ({
        allowedHosts: [],
        secrets: { 'a b': Secret.fromSecretCompleteArn(stack, 'Imported', ARN) },
      })),
    ).toEqual([expect.stringContaining('webhooks.secrets is "a b"')]);
  });
});
