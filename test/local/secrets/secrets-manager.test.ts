import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AccessPlan, Gate } from '../../../lib/local/iam/index.ts';
import { type SecretsManager, startSecretsManager } from '../../../lib/local/secrets/secrets-manager.ts';

const ROLE = 'arn:aws:iam::000000000000:role/worker';
const arnOf = (name: string) => `arn:aws:secretsmanager:us-east-1:000000000000:secret:${name}-abcdef`;
const keyOf = (name: string) => `arn:aws:kms:us-east-1:000000000000:key/${name}`;
const VIA = 'secretsmanager.us-east-1.amazonaws.com';

const allow = (action: string, resource: string, via?: string) =>
  ({
    origin: 'test',
    effect: 'Allow',
    actions: { kind: 'these', patterns: [action] },
    resources: { kind: 'these', patterns: [resource] },
    conditions: via === undefined ? [] : [{ operator: 'StringEquals', key: 'kms:ViaService', values: [via] }],
  }) as const;

const PLAN: AccessPlan = {
  region: 'us-east-1',
  accountId: '000000000000',
  sessions: [
    {
      functionName: 'fn',
      roleArn: ROLE,
      arn: 'arn:aws:sts::000000000000:assumed-role/worker/fn',
      accessKeyId: 'ASIALOCALTEST',
      secretAccessKey: 'secret',
      sessionToken: 'token',
    },
  ],
  identityPolicies: {
    [ROLE]: [
      ...['plain', 'encrypted', 'locked', 'elsewhere', 'gone'].map((name) =>
        allow('secretsmanager:GetSecretValue', arnOf(name)),
      ),
      allow('kms:Decrypt', keyOf('encrypted'), VIA),
      allow('kms:Decrypt', keyOf('elsewhere'), 'sqs.us-east-1.amazonaws.com'),
    ],
  },
  resourcePolicies: {},
  keys: Object.fromEntries(['encrypted', 'locked', 'elsewhere'].map((name) => [arnOf(name), keyOf(name)])),
};

const directory = mkdtempSync(join(tmpdir(), 'async-endpoints-secrets-'));
const file = join(directory, 'secrets.json');
let secrets: SecretsManager;

beforeAll(async () => {
  secrets = await startSecretsManager();
  const names = ['plain', 'encrypted', 'locked', 'elsewhere', 'other', 'gone'];
  writeFileSync(file, JSON.stringify(Object.fromEntries(names.slice(0, -1).map((name) => [name, `value of ${name}`]))));
  secrets.serve({
    gate: new Gate(() => {}, PLAN),
    region: 'us-east-1',
    accountId: '000000000000',
    secrets: names.map((name) => ({ name, arn: arnOf(name) })),
    names: new Map(),
    file,
  });
});

afterAll(async () => {
  await secrets.stop();
  rmSync(directory, { recursive: true, force: true });
});

const SIGNED = {
  authorization: 'AWS4-HMAC-SHA256 Credential=ASIALOCALTEST/20000101/us-east-1/secretsmanager/aws4_request',
  'x-amz-security-token': 'token',
};

const ask = async (body: unknown, headers: Readonly<Record<string, string>> = SIGNED, action = 'GetSecretValue') => {
  const response = await fetch(secrets.endpoint, {
    method: 'POST',
    headers: { 'x-amz-target': `secretsmanager.${action}`, ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  const answer = (await response.json()) as Readonly<Record<string, string>>;
  return { status: response.status, ...answer, type: answer['__type']?.split('#').at(-1) };
};

describe('the secrets of this machine', () => {
  it.each(['plain', 'encrypted'])('give %s by its ARN and by its name to a role that may have it', async (name) => {
    const expected = { status: 200, ARN: arnOf(name), Name: name, SecretString: `value of ${name}` };
    expect(await ask({ SecretId: arnOf(name) })).toMatchObject(expected);
    expect(await ask({ SecretId: name })).toMatchObject(expected);
  });

  it.each([
    [
      'a secret that the role may not have',
      'other',
      /^User: .* not authorized to perform: secretsmanager:GetSecretValue/,
    ],
    ['a key that the role may not use', 'locked', /^Access to KMS is not allowed$/],
    ['a key that the role may use through another service only', 'elsewhere', /^Access to KMS is not allowed$/],
    ['a secret that nothing makes, by a name that the role does not have', 'foreign', /not authorized/],
  ])('fails for %s', async (_what, name, message) => {
    const answer = await ask({ SecretId: name });
    expect(answer).toMatchObject({
      status: 400,
      type: 'AccessDeniedException',
      message: expect.stringMatching(message),
    });
    expect(JSON.stringify(answer)).not.toContain('value of');
  });

  it('fails for a secret without a value, saying where to put it', async () => {
    expect(await ask({ SecretId: 'gone' })).toMatchObject({
      type: 'ResourceNotFoundException',
      message: expect.stringContaining(`Add it to ${file}`),
    });
  });

  it.each([
    ['a request that nobody has signed', {}, 'MissingAuthenticationTokenException'],
    ['the token of another session', { ...SIGNED, 'x-amz-security-token': 'x' }, 'UnrecognizedClientException'],
  ])('fails for %s', async (_what, headers, type) => {
    expect(await ask({ SecretId: 'plain' }, headers)).toMatchObject({ status: 400, type });
  });

  it('fails for another action, and for a body that names no secret', async () => {
    expect(await ask({}, SIGNED, 'ListSecrets')).toMatchObject({ type: 'UnknownOperationException' });
    expect(await ask('{"SecretId":')).toMatchObject({ type: 'ValidationException' });
  });

  it('fails before anything is served, even for the administrator', async () => {
    const early = await startSecretsManager();
    expect((await fetch(early.endpoint, { method: 'POST', headers: SIGNED })).status).toBe(500);
    await early.stop();
  });
});
