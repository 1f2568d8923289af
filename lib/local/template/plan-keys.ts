import type { LocalValues } from './plan.ts';
import type { PropertyReader } from './property-reader.ts';

/** Resources that a key may encrypt, with the ARNs that others know them by. */
export interface EncryptedResources {
  of(type: EncryptedType): readonly PropertyReader[];
  arnOf(reader: PropertyReader): string;
}

type EncryptedType = 'AWS::DynamoDB::Table' | 'AWS::Logs::LogGroup' | 'AWS::SQS::Queue' | 'AWS::SecretsManager::Secret';

const PROPERTIES = {
  'AWS::Logs::LogGroup': 'KmsKeyId',
  'AWS::SQS::Queue': 'KmsMasterKeyId',
  'AWS::SecretsManager::Secret': 'KmsKeyId',
} as const;

/** Which key of the customer encrypts what, by ARNs. Nothing is encrypted here, but the permissions count. */
export const planKeys = (resources: EncryptedResources, local: LocalValues): Readonly<Record<string, string>> => {
  const keys: Record<string, string> = {};
  const add = (owner: PropertyReader, reader: PropertyReader, property: string): void => {
    const key = readKeyArn(reader, property, local);
    if (key !== undefined) keys[resources.arnOf(owner)] = key;
  };
  for (const table of resources.of('AWS::DynamoDB::Table')) {
    const encryption = table.optionalObject('SSESpecification');
    encryption?.withoutLocalEffect('SSEEnabled', 'SSEType');
    if (encryption !== undefined) add(table, encryption, 'KMSMasterKeyId');
  }
  for (const type of ['AWS::Logs::LogGroup', 'AWS::SQS::Queue', 'AWS::SecretsManager::Secret'] as const) {
    for (const reader of resources.of(type)) add(reader, reader, PROPERTIES[type]);
  }
  return keys;
};

const readKeyArn = (reader: PropertyReader, property: string, local: LocalValues): string | undefined => {
  const given = reader.optionalString(property);
  // Everybody in the account may use those through their services.
  if (given === undefined || /(^|:)alias\/aws\//.test(given)) return undefined;
  if (given.includes('alias/')) {
    throw reader.invalid(property, 'a key by its id or ARN (an alias is not followed locally)', given);
  }
  return given.startsWith('arn:') ? given : `arn:aws:kms:${local.region}:${local.accountId}:key/${given}`;
};
