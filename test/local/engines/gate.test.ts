import { DynamoDBClient, GetItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import { SendMessageBatchCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { startDynamoDbEngine, startSqsS3Engine } from '../../../lib/local/engines/index.ts';
import type { AccessPlan, AccessRecord, Session } from '../../../lib/local/iam/index.ts';
import { ChildSpawner } from '../../../lib/local/processes/index.ts';

const TABLE = 'arn:aws:dynamodb:us-east-1:000000000000:table/jobs';
const QUEUE = 'arn:aws:sqs:us-east-1:000000000000:encrypted';
const KEY = 'arn:aws:kms:us-east-1:000000000000:key/one';
const ROLE = 'arn:aws:iam::000000000000:role/worker';
const allow = (actions: readonly string[], resources: readonly string[]) =>
  ({
    origin: 'test',
    effect: 'Allow',
    actions: { kind: 'these', patterns: actions },
    resources: { kind: 'these', patterns: resources },
    conditions: [],
  }) as const;
const SESSION: Session = {
  functionName: 'fn',
  roleArn: ROLE,
  arn: 'arn:aws:sts::000000000000:assumed-role/worker/fn',
  accessKeyId: 'ASIALOCALTEST',
  secretAccessKey: 'secret',
  sessionToken: 'token',
};
const PLAN: AccessPlan = {
  region: 'us-east-1',
  accountId: '000000000000',
  sessions: [SESSION],
  identityPolicies: {
    [ROLE]: [
      allow(['dynamodb:GetItem'], [TABLE, `${TABLE}-encrypted`]),
      allow(['sqs:SendMessage'], [QUEUE, 'arn:aws:sqs:us-east-1:000000000000:plain']),
      allow(['s3:GetObject'], ['arn:aws:s3:::files/public/*']),
    ],
  },
  resourcePolicies: {},
  keys: { [`${TABLE}-encrypted`]: KEY, [QUEUE]: KEY },
};

const spawner = new ChildSpawner();
const records: AccessRecord[] = [];
const options = { spawner, onNotice: () => {}, onAccess: (record: AccessRecord) => records.push(record) };
let dynamodb: Awaited<ReturnType<typeof startDynamoDbEngine>>;
let sqs: Awaited<ReturnType<typeof startSqsS3Engine>>;

beforeAll(async () => {
  [dynamodb, sqs] = await Promise.all([
    startDynamoDbEngine({ ...options, port: 0 }),
    startSqsS3Engine({ ...options, sqsPort: 0, s3Port: 0 }),
  ]);
  await Promise.all([dynamodb.setAccess(PLAN), sqs.setAccess(PLAN)]);
});

afterAll(async () => {
  await Promise.all([dynamodb.stop({ graceMs: 500 }), sqs.stop({ graceMs: 500 })]);
  await spawner.close();
});

const Key = { id: { S: 'a' } };
const SIGNED = {
  authorization: `AWS4-HMAC-SHA256 Credential=${SESSION.accessKeyId}/20000101/us-east-1/s3/aws4_request`,
  'x-amz-security-token': SESSION.sessionToken,
};
const as = (credentials: Partial<Session>) => ({
  region: 'us-east-1',
  credentials: { ...SESSION, ...credentials },
  maxAttempts: 1,
});
const read = (credentials: Partial<Session> = {}, TableName = 'jobs') =>
  new DynamoDBClient({ ...as(credentials), endpoint: dynamodb.endpoint }).send(new GetItemCommand({ TableName, Key }));

describe('the gate of an engine', () => {
  it('lets a session do what its role may: the request reaches the engine, which has no such table', async () => {
    await expect(read()).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });

  it('fails for everything else in the words of DynamoDB, an index being a resource of its own', async () => {
    const client = new DynamoDBClient({ ...as({}), endpoint: dynamodb.endpoint });
    await expect(client.send(new QueryCommand({ TableName: 'jobs', IndexName: 'due' }))).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: `User: ${SESSION.arn} is not authorized to perform: dynamodb:Query on resource: ${TABLE}/index/due because no identity-based policy allows the dynamodb:Query action`,
      $metadata: { httpStatusCode: 400 },
    });
    // The engine tells of it on another way than it answers.
    await vi.waitFor(() =>
      expect(records).toContainEqual(
        expect.objectContaining({ action: 'dynamodb:Query', decision: { kind: 'not-allowed', by: 'identity' } }),
      ),
    );
  });

  it('fails for a batch of messages as for one, in the words of SQS', async () => {
    const client = new SQSClient({ ...as({}), endpoint: sqs.sqsEndpoint, useQueueUrlAsEndpoint: false });
    const batch = new SendMessageBatchCommand({
      QueueUrl: `${sqs.sqsEndpoint}/000000000000/jobs`,
      Entries: [{ Id: '0', MessageBody: 'x' }],
    });
    await expect(client.send(batch)).rejects.toMatchObject({
      message: expect.stringContaining('not authorized to perform: sqs:sendmessage on resource: arn:aws:sqs:'),
      $metadata: { httpStatusCode: 403 },
    });
  });

  it('fails without a permission for the key of a table or a queue, in the words of each', async () => {
    await expect(read({}, 'jobs-encrypted')).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: expect.stringContaining(`not authorized to perform: kms:Decrypt on resource: ${KEY}`),
    });
    const client = new SQSClient({ ...as({}), endpoint: sqs.sqsEndpoint, useQueueUrlAsEndpoint: false });
    const send = new SendMessageCommand({
      QueueUrl: `${sqs.sqsEndpoint}/000000000000/encrypted`,
      MessageBody: 'x',
    });
    await expect(client.send(send)).rejects.toMatchObject({
      name: 'KmsAccessDenied',
      message: expect.stringContaining('kms:GenerateDataKey'),
      $metadata: { httpStatusCode: 400 },
    });
  });

  it('fails for objects that the role does not name, in the words of S3, and for whatever is no object', async () => {
    const ask = (path: string, method = 'GET') => fetch(`${sqs.s3Endpoint}${path}`, { method, headers: SIGNED });
    expect((await ask('/files/public/a.txt')).status).toBe(404);
    for (const [path, method] of [
      ['/files/private.txt', 'GET'],
      ['/files/public/a.txt', 'PUT'],
      ['/files/public/a.txt?acl', 'GET'],
      ['/files', 'GET'],
      ['/_fauxqs/queues', 'GET'],
    ] as const) {
      const response = await ask(path, method);
      expect([path, response.status]).toEqual([path, 403]);
      expect(await response.text()).toContain('<Code>AccessDenied</Code>');
    }
  });

  it('fails for an object that is asked for in the name of SQS', async () => {
    const headers = {
      ...SIGNED,
      'x-amz-target': 'AmazonSQS.SendMessage',
      'content-type': 'application/x-amz-json-1.0',
    };
    const body = JSON.stringify({ QueueUrl: `${sqs.sqsEndpoint}/000000000000/plain` });
    expect((await fetch(`${sqs.s3Endpoint}/files/x`, { method: 'PUT', headers, body })).status).toBe(403);
  });

  it('fails for SQS in its old protocol, which the engine does not speak', async () => {
    const response = await fetch(sqs.sqsEndpoint, {
      method: 'POST',
      headers: { ...SIGNED, 'content-type': 'application/x-www-form-urlencoded' },
      body: 'Action=SendMessage&QueueUrl=http%3A%2F%2F127.0.0.1%2F000000000000%2Fencrypted&MessageBody=x',
    });
    expect(response.status).toBe(403);
  });

  it.each([
    ['a key that nobody has', { accessKeyId: 'ASIAOTHER' }],
    ['a key with the token of another session', { sessionToken: 'other' }],
  ])('fails for %s', async (_what, credentials) => {
    await expect(read(credentials)).rejects.toMatchObject({ name: 'UnrecognizedClientException' });
  });
});
