import { TemplateError } from './errors.ts';
import { toApiId, toPhysicalName, toSecretSuffix } from './physical-names.ts';
import type { LocalValues } from './plan.ts';
import { isObject, type RawResource, type RawTemplate } from './raw-template.ts';
import { createIntrinsicsResolver, type ReferenceSource, type ResolveIntrinsics } from './resolve-intrinsics.ts';

const PARTITION = 'aws';
const URL_SUFFIX = 'amazonaws.com';

/** What other resources may ask of one. */
interface Identity {
  readonly ref: string;
  readonly attributes: Readonly<Record<string, string>>;
}

export interface References {
  readonly resolve: ResolveIntrinsics;
  /** The physical name of a resource that has one. */
  nameOf(resource: RawResource): string;
  arnOf(resource: RawResource): string;
}

interface NamedType {
  readonly property: string;
  readonly kind: 'function' | 'queue' | 'table' | 'other';
  arn(name: string, local: LocalValues): string;
}

const regional =
  (service: string, path: (name: string) => string): NamedType['arn'] =>
  (name, { region, accountId }) =>
    `arn:${PARTITION}:${service}:${region}:${accountId}:${path(name)}`;

/** Types whose name the template may give, and how their ARN is made of it. */
const NAMED_TYPES: Readonly<Record<string, NamedType>> = {
  'AWS::DynamoDB::Table': {
    property: 'TableName',
    kind: 'table',
    arn: regional('dynamodb', (name) => `table/${name}`),
  },
  'AWS::SQS::Queue': { property: 'QueueName', kind: 'queue', arn: regional('sqs', (name) => name) },
  'AWS::Lambda::Function': {
    property: 'FunctionName',
    kind: 'function',
    arn: regional('lambda', (name) => `function:${name}`),
  },
  'AWS::Scheduler::Schedule': {
    property: 'Name',
    kind: 'other',
    arn: regional('scheduler', (name) => `schedule/default/${name}`),
  },
  'AWS::Logs::LogGroup': {
    property: 'LogGroupName',
    kind: 'other',
    arn: regional('logs', (name) => `log-group:${name}:*`),
  },
  'AWS::IAM::Role': {
    property: 'RoleName',
    kind: 'other',
    arn: (name, { accountId }) => `arn:${PARTITION}:iam::${accountId}:role/${name}`,
  },
  'AWS::IAM::ManagedPolicy': {
    property: 'ManagedPolicyName',
    kind: 'other',
    arn: (name, { accountId }) => `arn:${PARTITION}:iam::${accountId}:policy/${name}`,
  },
  'AWS::KMS::Key': { property: '', kind: 'other', arn: regional('kms', (name) => `key/${name}`) },
  'AWS::SecretsManager::Secret': {
    property: 'Name',
    kind: 'other',
    arn: regional('secretsmanager', (name) => `secret:${name}-${toSecretSuffix(name)}`),
  },
  'AWS::CloudWatch::Alarm': { property: 'AlarmName', kind: 'other', arn: regional('cloudwatch', (n) => `alarm:${n}`) },
};

const UNNAMED: NamedType = { property: '', kind: 'other', arn: regional('local', (name) => name) };

const typeOf = (resource: RawResource): NamedType => NAMED_TYPES[resource.type] ?? UNNAMED;

/**
 * Answers `Ref` and `Fn::GetAtt` with values of this machine. Names are worked out when they are asked for, since a name
 * in the template may itself be put together from others.
 */
export const createReferences = (
  template: RawTemplate,
  stackName: string,
  local: LocalValues,
  importValue: ReferenceSource['importValue'],
): References => {
  const underWay = new Set<string>();
  const pseudo: Readonly<Record<string, string>> = {
    'AWS::AccountId': local.accountId,
    'AWS::Partition': PARTITION,
    'AWS::Region': local.region,
    'AWS::StackName': stackName,
    'AWS::StackId': `arn:${PARTITION}:cloudformation:${local.region}:${local.accountId}:stack/${stackName}/local`,
    'AWS::URLSuffix': URL_SUFFIX,
  };

  const nameOf = (resource: RawResource): string => {
    const { property, kind } = typeOf(resource);
    const given = property === '' ? undefined : resource.properties[property];
    if (given === undefined) return toPhysicalName(stackName, resource.logicalId, kind);
    if (underWay.has(resource.logicalId)) {
      throw new TemplateError('template-invalid', `Resource "${resource.logicalId}" refers to itself in its name.`);
    }
    underWay.add(resource.logicalId);
    try {
      const name = resolve(given);
      if (typeof name === 'string' && name !== '') return name;
      throw new TemplateError(
        'property-invalid',
        `Resource "${resource.logicalId}" (${resource.type}): property "${property}" must be a name, got ${JSON.stringify(name)}.`,
      );
    } finally {
      underWay.delete(resource.logicalId);
    }
  };

  const arnOf = (resource: RawResource): string => typeOf(resource).arn(nameOf(resource), local);

  const identify = (resource: RawResource): Identity => {
    const name = nameOf(resource);
    const arn = arnOf(resource);
    switch (resource.type) {
      case 'AWS::SQS::Queue': {
        const url = `${local.sqsEndpoint}/${local.accountId}/${name}`;
        return { ref: url, attributes: { Arn: arn, QueueName: name, QueueUrl: url } };
      }
      case 'AWS::ApiGatewayV2::Api': {
        const apiId = toApiId(stackName, resource.logicalId);
        return { ref: apiId, attributes: { ApiId: apiId, ApiEndpoint: local.apiUrl } };
      }
      case 'AWS::IAM::ManagedPolicy':
      case 'AWS::SecretsManager::Secret':
        return { ref: arn, attributes: { Arn: arn, Id: arn } };
      default:
        return { ref: name, attributes: { Arn: arn } };
    }
  };

  const find = (logicalId: string): RawResource => {
    const resource = template.resources.get(logicalId);
    if (resource !== undefined) return resource;
    throw new TemplateError('reference-unknown', `The template refers to "${logicalId}", which is not in it.`);
  };

  const source: ReferenceSource = {
    importValue,
    ref: (name) => pseudo[name] ?? template.parameters.get(name) ?? identify(find(name)).ref,
    attribute: (logicalId, attribute) => {
      const resource = find(logicalId);
      const { attributes } = identify(resource);
      const value = attributes[attribute];
      if (value !== undefined) return value;
      throw new TemplateError(
        'reference-unknown',
        `Attribute "${attribute}" of "${logicalId}" (${resource.type}) has no local value; known are ${Object.keys(attributes).join(', ')}.`,
      );
    },
  };

  // An API's address is often put together by hand from its id, so it is recognised as text and not by a reference.
  const addresses = [...template.resources.values()]
    .filter((resource) => resource.type === 'AWS::ApiGatewayV2::Api')
    .map(({ logicalId }) => `https://${toApiId(stackName, logicalId)}.execute-api.${local.region}.${URL_SUFFIX}`);
  const localize = (value: unknown): unknown => {
    if (typeof value === 'string') return addresses.reduce((text, url) => text.replaceAll(url, local.apiUrl), value);
    if (Array.isArray(value)) return value.map(localize);
    if (!isObject(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([key, nested]) => [key, localize(nested)]));
  };

  const resolveIntrinsics = createIntrinsicsResolver(source);
  const resolve: ResolveIntrinsics = (value) => localize(resolveIntrinsics(value));
  return { resolve, nameOf, arnOf };
};
