import type { Call } from './authorizer.ts';
import { toKeyCalls } from './key-calls.ts';
import type { AccessPlan } from './policy.ts';

type Fields = Readonly<Record<string, unknown>>;

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Operations on items. They need the table's key; those on tables do not. */
const OF_ITEMS = new Set([
  'BatchGetItem',
  'BatchWriteItem',
  'DeleteItem',
  'GetItem',
  'PutItem',
  'Query',
  'Scan',
  'TransactGetItems',
  'TransactWriteItems',
  'UpdateItem',
]);

/**
 * Service Authorization Reference, "Actions, resources, and condition keys for Amazon DynamoDB": an action has the name of the
 * operation, a batch one too, once for each table; a query or a scan of an index is about the index and not about its table. AWS KMS Developer Guide, "How Amazon
 * DynamoDB uses AWS KMS": whoever reads or writes items has the table's key decrypted.
 *
 * @param operation As in `X-Amz-Target`, without the version: `PutItem`.
 */
export function toDynamoDbCalls(
  operation: string,
  body: unknown,
  plan: Pick<AccessPlan, 'region' | 'accountId' | 'keys'>,
): readonly Call[] {
  const { region, accountId } = plan;
  const action = `dynamodb:${operation}`;
  const fields = isFields(body) ? body : {};
  const arnOf = (table: string): string =>
    table.startsWith('arn:') ? table : `arn:aws:dynamodb:${region}:${accountId}:table/${table}`;
  const useKeyOf = (table: string): readonly Call[] =>
    OF_ITEMS.has(operation)
      ? toKeyCalls({ resource: arnOf(table), service: 'dynamodb', actions: ['kms:Decrypt'] }, plan)
      : [];

  if (isFields(fields['RequestItems'])) {
    return Object.keys(fields['RequestItems']).flatMap((table) => [
      { action, resource: arnOf(table) },
      ...useKeyOf(table),
    ]);
  }
  const { TableName: table, IndexName: index, ResourceArn: tagged } = fields;
  if (typeof table === 'string') {
    const resource = typeof index === 'string' ? `${arnOf(table)}/index/${index}` : arnOf(table);
    return [{ action, resource }, ...useKeyOf(table)];
  }
  return [{ action, resource: typeof tagged === 'string' ? tagged : '*' }];
}
