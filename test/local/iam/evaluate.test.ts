import { describe, expect, it } from 'vitest';
import { findObstacle } from '../../../lib/local/iam/conditions.ts';
import { evaluate } from '../../../lib/local/iam/evaluate.ts';
import type { AccessPlan, Condition, Statement } from '../../../lib/local/iam/index.ts';

const ROLE = 'arn:aws:iam::000000000000:role/worker';
const QUEUE = 'arn:aws:sqs:us-east-1:000000000000:jobs';
const KEY = 'arn:aws:kms:us-east-1:000000000000:key/one';

const these = (...patterns: readonly string[]) => ({ kind: 'these', patterns }) as const;
const allBut = (...patterns: readonly string[]) => ({ kind: 'all-but-these', patterns }) as const;
const everybody = { kind: 'these', aws: ['*'], services: ['*'] } as const;
const account = { kind: 'these', aws: ['arn:aws:iam::000000000000:root'], services: [] } as const;

const statement = (changes: Partial<Statement> = {}): Statement => ({
  origin: 'test',
  effect: 'Allow',
  actions: these('sqs:SendMessage'),
  resources: these(QUEUE),
  conditions: [],
  ...changes,
});

const decide = (
  identity: readonly Statement[],
  own: readonly Statement[] = [],
  { action = 'sqs:SendMessage', resource = QUEUE, context = {} } = {},
) => {
  const plan: AccessPlan = {
    region: 'us-east-1',
    accountId: '000000000000',
    sessions: [],
    identityPolicies: { [ROLE]: identity },
    resourcePolicies: { [resource]: own },
    keys: {},
  };
  const principal = { kind: 'role', arn: 'arn:aws:sts::000000000000:assumed-role/worker/fn', roleArn: ROLE } as const;
  return evaluate({ principal, action, resource, context }, plan).kind;
};

describe('a call', () => {
  it.each<[string, Partial<Statement>]>([
    ['exactly that', {}],
    ['a pattern of actions, in any case', { actions: these('SQS:send*') }],
    ['every other action', { actions: allBut('sqs:DeleteMessage') }],
    ['a pattern of resources', { resources: these('arn:aws:sqs:*:*:jo?s') }],
    ['every other resource', { resources: allBut('arn:aws:sqs:us-east-1:000000000000:other') }],
  ])('is allowed by a statement about %s', (_what, changes) => {
    expect(decide([statement(changes)])).toBe('allowed');
  });

  it.each<[string, Partial<Statement>]>([
    ['another action', { actions: these('sqs:SendMessages') }],
    ['all actions but this one', { actions: allBut('sqs:*') }],
    ['another resource', { resources: these(`${QUEUE}-2`) }],
  ])('fails with only a statement about %s', (_what, changes) => {
    expect(decide([statement(changes)])).toBe('not-allowed');
  });

  it('fails for a denial, of the role or of the resource, whatever allows it', () => {
    const denial = statement({ effect: 'Deny', actions: these('sqs:*') });
    expect(decide([statement(), denial])).toBe('denied');
    expect(decide([statement()], [{ ...denial, principals: everybody }])).toBe('denied');
    expect(decide([statement()], [{ ...denial, principals: account }])).toBe('denied');
  });

  it('is allowed by the resource alone, if it names the caller and not only the account', () => {
    const aws = [ROLE];
    expect(decide([], [statement({ principals: { kind: 'these', aws, services: [] } })])).toBe('allowed');
    expect(decide([], [statement({ principals: account })])).toBe('not-allowed');
  });

  it('of a key needs the key to leave it to roles', () => {
    const [action, resource] = ['kms:Decrypt', KEY];
    const own = statement({ actions: these('kms:*'), resources: these('*') });
    const identity = [statement({ actions: these(action), resources: these(KEY) })];
    const elsewhere = { kind: 'these', aws: ['arn:aws:iam::000000000000:role/other'], services: [] } as const;
    expect(decide(identity, [{ ...own, principals: account }], { action, resource })).toBe('allowed');
    expect(decide(identity, [{ ...own, principals: elsewhere }], { action, resource })).toBe('not-allowed');
    expect(decide([], [{ ...own, principals: account }], { action, resource })).toBe('not-allowed');
  });
});

describe('a condition', () => {
  const key = 'aws:SourceArn';
  const SOURCE = 'arn:aws:execute-api:us-east-1:000000000000:api/$default/GET/jobs/{id}';

  it.each<[boolean, Condition, string | undefined]>([
    [true, { operator: 'ArnLike', key, values: ['arn:aws:execute-api:*:*:api/*/*/jobs/{id}'] }, SOURCE],
    [false, { operator: 'ArnLike', key, values: ['arn:aws:execute-api:*:api/*/*/jobs/{id}'] }, SOURCE],
    [false, { operator: 'StringEquals', key, values: ['other'] }, SOURCE],
    [true, { operator: 'StringNotEquals', key, values: ['other'] }, SOURCE],
    [true, { operator: 'StringNotEquals', key, values: ['other'] }, undefined],
    [false, { operator: 'StringEquals', key, values: ['other'] }, undefined],
    [true, { operator: 'StringEqualsIfExists', key, values: ['other'] }, undefined],
    [true, { operator: 'Null', key, values: ['true'] }, undefined],
    [false, { operator: 'Null', key, values: ['true'] }, SOURCE],
  ])('%s: %j with %s', (expected, condition, value) => {
    const context = value === undefined ? {} : { 'aws:SourceArn': value };
    expect(decide([statement({ conditions: [condition] })], [], { context })).toBe(
      expected ? 'allowed' : 'not-allowed',
    );
  });

  it.each([
    ['operator', { operator: 'IpAddress', key: 'aws:SourceArn', values: ['10.0.0.0/8'] }],
    ['key', { operator: 'StringEquals', key: 'aws:SourceIp', values: ['10.0.0.1'] }],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: IAM writes its variables so.
    ['variable', { operator: 'StringEquals', key: 'aws:SourceArn', values: ['${aws:userid}'] }],
  ])('fails to be planned with an unknown %s', (what, condition) => {
    expect(findObstacle(condition)).toContain(what);
  });
});
