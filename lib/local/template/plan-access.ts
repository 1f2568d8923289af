import { createHash } from 'node:crypto';
import type { AccessPlan, Session, Statement } from '../iam/index.ts';
import { managedStatements } from './managed-policies.ts';
import type { FunctionPlan, LocalValues } from './plan.ts';
import type { PropertyReader } from './property-reader.ts';
import { readPolicy } from './read-policy.ts';

/** The resources of one template that say who may do what, with the ARNs and names that others know them by. */
export interface AccessResources {
  of(type: AccessType): readonly PropertyReader[];
  arnOf(reader: PropertyReader): string;
  nameOf(reader: PropertyReader): string;
}

export const ACCESS_TYPES = [
  'AWS::IAM::ManagedPolicy',
  'AWS::IAM::Policy',
  'AWS::IAM::Role',
  'AWS::KMS::Key',
  'AWS::Lambda::Permission',
  'AWS::SQS::QueuePolicy',
  'AWS::SecretsManager::ResourcePolicy',
] as const;
export type AccessType = (typeof ACCESS_TYPES)[number];

export type PoliciesByArn = Readonly<Record<string, readonly Statement[]>>;

type Entry = readonly [arn: string, statements: readonly Statement[]];

/** Several entries of one ARN add up. */
export const toPolicies = (entries: readonly Entry[]): PoliciesByArn => {
  const policies: Record<string, readonly Statement[]> = {};
  for (const [arn, statements] of entries) policies[arn] = [...(policies[arn] ?? []), ...statements];
  return policies;
};

/** Reads what the roles of a template may do, wherever it stands. */
export const planIdentityPolicies = (resources: AccessResources): readonly Entry[] => {
  const managed = new Map(
    resources.of('AWS::IAM::ManagedPolicy').map((policy) => {
      policy.withoutLocalEffect('Description', 'Groups', 'ManagedPolicyName', 'Path', 'Users');
      const statements = readPolicy(policy, 'PolicyDocument', { origin: policy.resource.logicalId });
      return [resources.arnOf(policy), { statements, roles: policy.optionalStrings('Roles') }];
    }),
  );
  const attached = resources.of('AWS::IAM::Policy').map((policy) => {
    policy.withoutLocalEffect('Groups', 'PolicyName', 'Users');
    const statements = readPolicy(policy, 'PolicyDocument', { origin: policy.resource.logicalId });
    return { statements, roles: policy.optionalStrings('Roles') };
  });
  return resources.of('AWS::IAM::Role').map((role): Entry => {
    role.withoutLocalEffect('Description', 'MaxSessionDuration', 'RoleName', 'Tags');
    role.optionalLiteral('Path', ['/']);
    const { logicalId } = role.resource;
    const inline = role.objects('Policies').flatMap((policy) => {
      const origin = `${logicalId}, policy ${policy.string('PolicyName')}`;
      return readPolicy(policy, 'PolicyDocument', { origin });
    });
    const byArn = role.optionalStrings('ManagedPolicyArns').flatMap((arn) => {
      const statements = managed.get(arn)?.statements ?? managedStatements(arn);
      if (statements !== undefined) return statements;
      throw role.invalid('ManagedPolicyArns', 'policies of this template, or of AWS ones that are known locally', arn);
    });
    const name = resources.nameOf(role);
    const others = [...managed.values(), ...attached]
      .filter(({ roles }) => roles.includes(name))
      .flatMap(({ statements }) => statements);
    return [resources.arnOf(role), [...inline, ...byArn, ...others]];
  });
};

/** Reads who may take on the roles of a template, and who may use its queues, functions, secrets and keys. */
export const planResourcePolicies = (resources: AccessResources, local: LocalValues): readonly Entry[] => [
  ...resources.of('AWS::IAM::Role').map((role): Entry => {
    const resource = resources.arnOf(role);
    const origin = `${role.resource.logicalId}, trust`;
    return [resource, readPolicy(role, 'AssumeRolePolicyDocument', { origin, resource })];
  }),
  ...resources.of('AWS::SQS::QueuePolicy').flatMap((policy): readonly Entry[] => {
    const statements = readPolicy(policy, 'PolicyDocument', { origin: policy.resource.logicalId });
    return policy
      .optionalStrings('Queues')
      .map((url) => [`arn:aws:sqs:${local.region}:${local.accountId}:${url.split('/').at(-1)}`, statements]);
  }),
  ...resources.of('AWS::SecretsManager::ResourcePolicy').map((policy): Entry => {
    policy.withoutLocalEffect('BlockPublicPolicy');
    const resource = policy.string('SecretId');
    return [resource, readPolicy(policy, 'ResourcePolicy', { origin: policy.resource.logicalId, resource })];
  }),
  ...resources.of('AWS::KMS::Key').map((key): Entry => {
    key.withoutLocalEffect(
      'BypassPolicyLockoutSafetyCheck',
      'Description',
      'EnableKeyRotation',
      'Enabled',
      'KeySpec',
      'KeyUsage',
      'MultiRegion',
      'Origin',
      'PendingWindowInDays',
      'RotationPeriodInDays',
      'Tags',
    );
    return [resources.arnOf(key), readPolicy(key, 'KeyPolicy', { origin: key.resource.logicalId })];
  }),
  ...resources.of('AWS::Lambda::Permission').map((permission) => planPermission(permission, local)),
];

const planPermission = (permission: PropertyReader, { region, accountId }: LocalValues): Entry => {
  const principal = permission.string('Principal');
  const name = permission.string('FunctionName');
  const resource = name.startsWith('arn:') ? name : `arn:aws:lambda:${region}:${accountId}:function:${name}`;
  const sourceArn = permission.optionalString('SourceArn');
  const sourceAccount = permission.optionalString('SourceAccount');
  const isService = principal.includes('.');
  const statement: Statement = {
    origin: permission.resource.logicalId,
    effect: 'Allow',
    actions: { kind: 'these', patterns: [permission.string('Action')] },
    resources: { kind: 'these', patterns: [resource] },
    principals: { kind: 'these', aws: isService ? [] : [principal], services: isService ? [principal] : [] },
    conditions: [
      ...(sourceArn === undefined ? [] : [{ operator: 'ArnLike', key: 'aws:SourceArn', values: [sourceArn] }]),
      ...(sourceAccount === undefined
        ? []
        : [{ operator: 'StringEquals', key: 'aws:SourceAccount', values: [sourceAccount] }]),
    ],
  };
  return [resource, [statement]];
};

/** Made from the names, so that they are the same on every start, and unlike any key of an account. */
const planSession = ({ name, roleArn }: FunctionPlan, accountId: string): Session => {
  const arn = `arn:aws:sts::${accountId}:assumed-role/${roleArn.split('/').at(-1)}/${name}`;
  const digest = createHash('sha256').update(arn).digest('hex');
  return {
    functionName: name,
    roleArn,
    arn,
    accessKeyId: `ASIALOCAL${digest.slice(0, 11).toUpperCase()}`,
    secretAccessKey: `local-${digest.slice(11, 41)}`,
    sessionToken: `local-${digest.slice(41)}`,
  };
};

export const planAccess = (
  functions: readonly FunctionPlan[],
  policies: Pick<AccessPlan, 'identityPolicies' | 'resourcePolicies' | 'keys'>,
  { region, accountId }: LocalValues,
): AccessPlan => ({
  region,
  accountId,
  sessions: functions.map((plan) => planSession(plan, accountId)),
  ...policies,
});
