import { NumberValue, type QueryCommandInput, type QueryCommandOutput } from '@aws-sdk/lib-dynamodb';
import { AccessError, type DueIds, type DuePage, TABLE } from '../core/index.ts';
import { Placeholders } from './expression.ts';

/**
 * Asks the index for one page of a lane, next due first. The index holds keys only and may lag behind the items: it
 * proposes, a consistent read decides.
 */
export function buildFindDue(tableName: string, page: DuePage): QueryCommandInput {
  const use = new Placeholders();
  return {
    TableName: tableName,
    IndexName: TABLE.indexName,
    KeyConditionExpression: `${use.nameOf('lane')} = ${use.valueOf('lane', page.lane)} AND ${use.nameOf('nextAt')} <= ${use.valueOf('until', page.until)}`,
    ScanIndexForward: true,
    Limit: page.limit,
    ...(page.cursor === undefined ? {} : { ExclusiveStartKey: decodeCursor(page.cursor, page.lane) }),
    ...use.toInput(),
  };
}

export function toDueIds(output: Pick<QueryCommandOutput, 'Items' | 'LastEvaluatedKey'>): DueIds {
  const last = output.LastEvaluatedKey;
  return {
    ids: (output.Items ?? []).map((item) => String(item['id'])),
    cursor: last === undefined ? undefined : JSON.stringify([String(last['nextAt']), String(last['id'])]),
  };
}

function decodeCursor(cursor: string, lane: string): Record<string, unknown> {
  const position = parseJson(cursor);
  if (Array.isArray(position)) {
    const [nextAt, id] = position as readonly unknown[];
    if (typeof nextAt === 'string' && typeof id === 'string') {
      return { lane, nextAt: NumberValue.from(nextAt), id };
    }
  }
  throw new AccessError('invalid', 'The cursor is none of ours. Pass the cursor of the page before, or none.');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
