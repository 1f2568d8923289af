import { describe, expect, it } from 'vitest';
import { toDynamoDbCalls, toS3Calls, toSqsCalls } from '../../../lib/local/iam/index.ts';

const TABLE = 'arn:aws:dynamodb:us-east-1:000000000000:table/jobs';
const QUEUE = 'arn:aws:sqs:us-east-1:000000000000:jobs';
const KEY = 'arn:aws:kms:us-east-1:000000000000:key/one';
const PLAN = { region: 'us-east-1', accountId: '000000000000', keys: {} };
const ENCRYPTED = { ...PLAN, keys: { [TABLE]: KEY, [QUEUE]: KEY } };

/** `dynamodb:PutItem table/jobs`, and the service through which a key is used. */
const inShort = (calls: ReturnType<typeof toSqsCalls>): readonly string[] =>
  calls.map(({ action, resource, context }) =>
    [action, resource.replace(/^arn:aws:\w+:[^:]*:[^:]*:/, ''), context?.['kms:ViaService']].filter(Boolean).join(' '),
  );

describe('a request to DynamoDB', () => {
  it.each<[string, unknown, readonly string[]]>([
    ['PutItem', { TableName: 'jobs' }, ['dynamodb:PutItem table/jobs']],
    ['PutItem', { TableName: TABLE }, ['dynamodb:PutItem table/jobs']],
    ['Query', { TableName: 'jobs', IndexName: 'due' }, ['dynamodb:Query table/jobs/index/due']],
    [
      'BatchGetItem',
      { RequestItems: { jobs: {}, other: {} } },
      ['dynamodb:BatchGetItem table/jobs', 'dynamodb:BatchGetItem table/other'],
    ],
    ['ListTables', {}, ['dynamodb:ListTables *']],
    ['TagResource', { ResourceArn: TABLE }, ['dynamodb:TagResource table/jobs']],
    ['PutItem', 'no object', ['dynamodb:PutItem *']],
  ])('%s of %j is asked for', (operation, body, expected) => {
    expect(inShort(toDynamoDbCalls(operation, body, PLAN))).toEqual(expected);
  });

  it('needs the key of each encrypted table for items, by an index too, and not for the table itself', () => {
    const decrypt = 'kms:Decrypt key/one dynamodb.us-east-1.amazonaws.com';
    const callsOf = (operation: string, body: object) => inShort(toDynamoDbCalls(operation, body, ENCRYPTED));
    expect(callsOf('UpdateItem', { TableName: 'jobs' })).toEqual(['dynamodb:UpdateItem table/jobs', decrypt]);
    expect(callsOf('Query', { TableName: 'jobs', IndexName: 'due' })).toContain(decrypt);
    expect(callsOf('BatchGetItem', { RequestItems: { other: {}, jobs: {} } })).toContain(decrypt);
    expect(callsOf('PutItem', { TableName: 'other' })).toEqual(['dynamodb:PutItem table/other']);
    expect(callsOf('DescribeTable', { TableName: 'jobs' })).toEqual(['dynamodb:DescribeTable table/jobs']);
  });
});

describe('a request to SQS', () => {
  it.each<[string, unknown, readonly string[]]>([
    ['SendMessage', { QueueUrl: 'http://127.0.0.1:1/000000000000/jobs' }, ['sqs:SendMessage jobs']],
    ['SendMessageBatch', { QueueUrl: 'http://127.0.0.1:1/000000000000/jobs' }, ['sqs:SendMessage jobs']],
    ['GetQueueUrl', { QueueName: 'jobs' }, ['sqs:GetQueueUrl jobs']],
    ['ListQueues', undefined, ['sqs:ListQueues *']],
  ])('%s of %j is asked for', (operation, body, expected) => {
    expect(inShort(toSqsCalls(operation, body, PLAN))).toEqual(expected);
  });

  it('needs the key of an encrypted queue to send and to receive', () => {
    const via = 'key/one sqs.us-east-1.amazonaws.com';
    const callsOf = (operation: string) => inShort(toSqsCalls(operation, { QueueName: 'jobs' }, ENCRYPTED));
    expect(callsOf('SendMessageBatch')).toEqual([
      'sqs:SendMessage jobs',
      `kms:GenerateDataKey ${via}`,
      `kms:Decrypt ${via}`,
    ]);
    expect(callsOf('ReceiveMessage')).toEqual(['sqs:ReceiveMessage jobs', `kms:Decrypt ${via}`]);
    expect(callsOf('DeleteMessageBatch')).toEqual(['sqs:DeleteMessage jobs']);
    expect(callsOf('ChangeMessageVisibilityBatch')).toEqual(['sqs:ChangeMessageVisibility jobs']);
  });
});

describe('a request to S3', () => {
  it.each<[string, string, string | undefined, readonly string[]]>([
    ['GET', '/files/a/b.txt?x-id=GetObject', undefined, ['s3:GetObject files/a/b.txt']],
    ['HEAD', '/files/a', undefined, ['s3:GetObject files/a']],
    ['PUT', '/files/a%20b', undefined, ['s3:PutObject files/a b']],
    ['PUT', '/files/a?partNumber=1&uploadId=u', undefined, ['s3:PutObject files/a']],
    ['POST', '/files/a?uploads', undefined, ['s3:PutObject files/a']],
    ['DELETE', '/files/a', undefined, ['s3:DeleteObject files/a']],
    ['DELETE', '/files/a?uploadId=u', undefined, ['s3:AbortMultipartUpload files/a']],
    ['PUT', '/files/a', '/other/c%20d', ['s3:PutObject files/a', 's3:GetObject other/c d']],
    ['GET', '/files/a?X-Amz-Signature=s&response-content-type=t', undefined, ['s3:GetObject files/a']],
    ['GET', '/files?list-type=2&prefix=a', undefined, ['s3:ListBucket files']],
    ['PUT', '/files', undefined, ['s3:CreateBucket files']],
    ['DELETE', '/files', undefined, ['s3:DeleteBucket files']],
    ['GET', '/', undefined, ['s3:* *']],
    ['PUT', '/files/a?tagging', undefined, ['s3:* *']],
    ['POST', '/files?delete', undefined, ['s3:* *']],
    ['PUT', '/files?encryption', undefined, ['s3:* *']],
    ['GET', '/files/a?versionId=1', undefined, ['s3:* *']],
    ['PATCH', '/files/a', undefined, ['s3:* *']],
  ])('%s %s with the source %s is asked for', (method, url, copySource, expected) => {
    expect(inShort(toS3Calls({ method, url, copySource }))).toEqual(expected);
  });
});
