import type { UpdateCommandInput } from '@aws-sdk/lib-dynamodb';
import type { Change, JobFields } from '../core/index.ts';
import { admits } from './conditions.ts';
import { Placeholders } from './expression.ts';
import { encodeFields } from './item.ts';

/**
 * Writes a decided change under its guard; only the fields that it names, so that others may add attributes of their own.
 * DynamoDB refuses an expression that names an attribute twice, so what is both set and removed is removed, once.
 */
export function buildWrite(tableName: string, change: Change): UpdateCommandInput {
  const use = new Placeholders();
  const removed = new Set<string>(change.remove);
  const sets = Object.entries(encodeFields(change.set))
    .filter(([field]) => !removed.has(field))
    .map(([field, value]) => `${use.nameOf(field as keyof JobFields)} = ${use.valueOf(field, value)}`);
  const removes = [...new Set(change.remove)].map((field) => use.nameOf(field));
  const clauses = [
    ...(sets.length === 0 ? [] : [`SET ${sets.join(', ')}`]),
    ...(removes.length === 0 ? [] : [`REMOVE ${removes.join(', ')}`]),
  ];
  return {
    TableName: tableName,
    Key: { id: change.id },
    ...(clauses.length === 0 ? {} : { UpdateExpression: clauses.join(' ') }),
    ConditionExpression: admits(use, change.guard),
    ...use.toInput(),
  };
}
