import type { PutCommandInput } from '@aws-sdk/lib-dynamodb';
import type { Job } from '../core/index.ts';
import { isNew } from './conditions.ts';
import { Placeholders } from './expression.ts';
import { encodeFields } from './item.ts';

/** Puts a job if its id is new. */
export function buildPutNewJob(tableName: string, job: Job): PutCommandInput {
  const use = new Placeholders();
  return {
    TableName: tableName,
    Item: encodeFields(job),
    ConditionExpression: isNew(use),
    ...use.toInput(),
  };
}
