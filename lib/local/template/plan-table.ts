import type { IndexPlan, KeyPlan, TablePlan } from './plan.ts';
import type { PropertyReader } from './property-reader.ts';

interface Identity {
  readonly name: string;
  readonly arn: string;
}

type AttributeTypes = ReadonlyMap<string, KeyPlan['type']>;

const readAttributeTypes = (properties: PropertyReader): AttributeTypes =>
  new Map(
    properties
      .objects('AttributeDefinitions')
      .map((attribute) => [
        attribute.string('AttributeName'),
        attribute.literal('AttributeType', ['S', 'N', 'B'] as const),
      ]),
  );

const readKeys = (
  owner: PropertyReader,
  types: AttributeTypes,
): { readonly partitionKey: KeyPlan; readonly sortKey?: KeyPlan } => {
  const keys = owner.objects('KeySchema').map((element) => {
    const name = element.string('AttributeName');
    const type = types.get(name);
    if (type === undefined) throw element.invalid('AttributeName', 'one of AttributeDefinitions', name);
    return { role: element.literal('KeyType', ['HASH', 'RANGE'] as const), key: { name, type } };
  });
  const partitionKey = keys.find((key) => key.role === 'HASH')?.key;
  const sortKey = keys.find((key) => key.role === 'RANGE')?.key;
  if (partitionKey === undefined) throw owner.invalid('KeySchema', 'a list with a HASH key', keys);
  return { partitionKey, ...(sortKey === undefined ? {} : { sortKey }) };
};

const readIndex = (index: PropertyReader, types: AttributeTypes): IndexPlan => {
  // Local engines bill and throttle nothing.
  index.withoutLocalEffect(
    'ContributorInsightsSpecification',
    'OnDemandThroughput',
    'ProvisionedThroughput',
    'WarmThroughput',
  );
  const projection = index.object('Projection');
  return {
    name: index.string('IndexName'),
    ...readKeys(index, types),
    projection: projection.literal('ProjectionType', ['ALL', 'KEYS_ONLY', 'INCLUDE'] as const),
    nonKeyAttributes: projection.optionalStrings('NonKeyAttributes'),
  };
};

const readTimeToLive = (properties: PropertyReader): string | undefined => {
  const specification = properties.optionalObject('TimeToLiveSpecification');
  const attribute = specification?.optionalString('AttributeName');
  return specification?.optionalBoolean('Enabled') === true ? attribute : undefined;
};

export const planTable = (properties: PropertyReader, identity: Identity): TablePlan => {
  properties.withoutLocalEffect(
    'BillingMode',
    'ContributorInsightsSpecification',
    'DeletionProtectionEnabled',
    'OnDemandThroughput',
    'PointInTimeRecoverySpecification',
    'ProvisionedThroughput',
    'TableClass',
    'TableName',
    'Tags',
    'WarmThroughput',
  );
  const types = readAttributeTypes(properties);
  const timeToLiveAttribute = readTimeToLive(properties);
  return {
    logicalId: properties.resource.logicalId,
    ...identity,
    ...readKeys(properties, types),
    globalSecondaryIndexes: properties.objects('GlobalSecondaryIndexes').map((index) => readIndex(index, types)),
    ...(timeToLiveAttribute === undefined ? {} : { timeToLiveAttribute }),
  };
};
