import type { Call } from './authorizer.ts';
import type { AccessPlan } from './policy.ts';

type Fields = Readonly<Record<string, unknown>>;

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * Service Authorization Reference, "Actions, resources, and condition keys for Amazon DynamoDB": an action has the name of the
 * operation, a batch one too, once for each table; a query or a scan of an index is about the index and not about its table.
 *
 * @param operation As in `X-Amz-Target`, without the version: `PutItem`.
 */
export function toDynamoDbCalls(
  operation: string,
  body: unknown,
  { region, accountId }: Pick<AccessPlan, 'region' | 'accountId'>,
): readonly Call[] {
  const action = `dynamodb:${operation}`;
  const fields = isFields(body) ? body : {};
  const arnOf = (table: string): string =>
    table.startsWith('arn:') ? table : `arn:aws:dynamodb:${region}:${accountId}:table/${table}`;

  if (isFields(fields['RequestItems'])) {
    return Object.keys(fields['RequestItems']).map((table) => ({ action, resource: arnOf(table) }));
  }
  const { TableName: table, IndexName: index, ResourceArn: tagged } = fields;
  if (typeof table === 'string') {
    const resource = typeof index === 'string' ? `${arnOf(table)}/index/${index}` : arnOf(table);
    return [{ action, resource }];
  }
  return [{ action, resource: typeof tagged === 'string' ? tagged : '*' }];
}
