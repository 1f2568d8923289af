import { SQSClient, StartMessageMoveTaskCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type DynamoDbEngine,
  type SqsS3Engine,
  startDynamoDbEngine,
  startSqsS3Engine,
} from '../../../lib/local/engines/index.ts';
import { ChildSpawner } from '../../../lib/local/processes/index.ts';
import { createJobsTable, JOBS } from './jobs-table.ts';

/** What the engines lack. A new version that has it fails here, and `docs/local.md` is then out of date. */
let spawner: ChildSpawner;
let dynamodb: DynamoDbEngine;
let sqsS3: SqsS3Engine;

beforeAll(async () => {
  spawner = new ChildSpawner();
  [dynamodb, sqsS3] = await Promise.all([
    startDynamoDbEngine({ spawner, port: 0, onNotice: () => {} }),
    startSqsS3Engine({ spawner, sqsPort: 0, s3Port: 0, onNotice: () => {} }),
  ]);
  await createJobsTable(dynamodb.client);
});

afterAll(() => spawner.close());

describe('the DynamoDB engine', () => {
  it('has neither transactions nor PartiQL', async () => {
    const put = { Put: { TableName: JOBS, Item: { id: { S: 'a' } } } };
    await expect(dynamodb.client('TransactWriteItems', { TransactItems: [put] })).rejects.toThrow();
    await expect(dynamodb.client('ExecuteStatement', { Statement: `SELECT * FROM "${JOBS}"` })).rejects.toThrow();
  });

  it('keeps items past their time to live', async () => {
    const item = { id: { S: 'expired' }, expiresAt: { N: '1' } };
    await dynamodb.client('PutItem', { TableName: JOBS, Item: item });
    expect(await dynamodb.client('GetItem', { TableName: JOBS, Key: { id: { S: 'expired' } } })).toEqual({
      Item: item,
    });
  });
});

describe('the SQS engine', () => {
  it('has no move tasks', async () => {
    const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
    const sqs = new SQSClient({ region: 'us-east-1', endpoint: sqsS3.sqsEndpoint, credentials, maxAttempts: 1 });
    const SourceArn = 'arn:aws:sqs:us-east-1:000000000000:dead';
    await expect(sqs.send(new StartMessageMoveTaskCommand({ SourceArn }))).rejects.toThrow();
    sqs.destroy();
  });
});
