import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  ConditionalCheckFailedException,
  InternalServerError,
  ProvisionedThroughputExceededException,
  ResourceNotFoundException,
  TransactionConflictException,
} from '@aws-sdk/client-dynamodb';
import {
  BatchGetCommand,
  DynamoDBDocumentClient,
  PutCommand,
  QueryCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Claim, JobStore } from '../../lib/core/index.ts';
import { createDynamoDocumentClient, createDynamoJobStore } from '../../lib/dynamodb/index.ts';
import { encodeFields } from '../../lib/dynamodb/item.ts';
import { claimOf, dispatchedJob, NOW, runningJob } from '../core/sample-jobs.ts';

const META = { $metadata: {} };
const conditionFailed = new ConditionalCheckFailedException({ message: 'The conditional request failed', ...META });

/** An error as the SDK makes it of an answer. */
function answered(name: string, httpStatusCode: number): Error {
  return Object.assign(new Error(`${name}: arn:aws:dynamodb:us-east-1:123456789012:table/jobs`), {
    name,
    $metadata: { httpStatusCode },
  });
}

function setup() {
  const dynamo = mockClient(DynamoDBDocumentClient);
  onTestFinished(() => dynamo.restore());
  const pauses: number[] = [];
  const store = createDynamoJobStore({
    client: createDynamoDocumentClient({ region: 'us-east-1' }),
    tableName: 'jobs',
    clock: {
      now: () => NOW,
      sleep: async (delayMs) => {
        pauses.push(delayMs);
      },
    },
    random: { next: () => 0 },
  });
  return { dynamo, store, pauses };
}

const itemOf = (id: string) => encodeFields({ ...dispatchedJob(), id });
const claimsOf = (...ids: readonly string[]): readonly Claim[] => ids.map((id) => claimOf({ id }));

describe('a batch read', () => {
  test('asks again for what DynamoDB did not get to, ever more patiently', async () => {
    const { dynamo, store, pauses } = setup();
    dynamo
      .on(BatchGetCommand)
      .resolvesOnce({
        Responses: { jobs: [itemOf('a')] },
        UnprocessedKeys: { jobs: { Keys: [{ id: 'b' }, { id: 'c' }] } },
      })
      .resolvesOnce({ Responses: { jobs: [] }, UnprocessedKeys: { jobs: { Keys: [{ id: 'b' }, { id: 'c' }] } } })
      .resolvesOnce({ Responses: { jobs: [itemOf('c')] } });
    const stored = await store.read(['a', 'b', 'c']);
    expect(stored.map(({ kind }) => kind)).toEqual(['job', 'absent', 'job']);
    expect(pauses).toEqual([25, 50]);
    expect(dynamo.commandCalls(BatchGetCommand).map(({ args }) => args[0].input.RequestItems?.['jobs']?.Keys)).toEqual([
      [{ id: 'a' }, { id: 'b' }, { id: 'c' }],
      [{ id: 'b' }, { id: 'c' }],
      [{ id: 'b' }, { id: 'c' }],
    ]);
  });

  test('fails as unavailable when DynamoDB gets to nothing for long', async () => {
    const { dynamo, store, pauses } = setup();
    dynamo.on(BatchGetCommand).resolves({ UnprocessedKeys: { jobs: { Keys: [{ id: 'a' }] } } });
    await expect(store.read(['a'])).rejects.toMatchObject({ name: 'AccessError', code: 'unavailable' });
    expect(pauses).toEqual([25, 50, 100, 200, 400]);
  });

  test('asks for a hundred at a time, each once, and for none where there is none to ask for', async () => {
    const { dynamo, store } = setup();
    dynamo.on(BatchGetCommand).resolves({});
    const ids = Array.from({ length: 201 }, (_, index) => `job-${index}`);
    await store.read([...ids, ...ids, '']);
    const sizes = dynamo
      .commandCalls(BatchGetCommand)
      .map(({ args }) => args[0].input.RequestItems?.['jobs']?.Keys?.length);
    expect(sizes).toEqual([100, 100, 1]);
    dynamo.resetHistory();
    await store.read(['']);
    expect(dynamo.calls()).toEqual([]);
  });
});

describe('a refusal', () => {
  test('comes with one consistent read for all that were refused', async () => {
    const { dynamo, store } = setup();
    dynamo
      .on(UpdateCommand)
      .rejects(conditionFailed)
      .on(UpdateCommand, { Key: { id: 'b' } }, false)
      .resolves({ Attributes: encodeFields({ ...runningJob(), id: 'b' }) })
      .on(BatchGetCommand)
      .resolves({ Responses: { jobs: [itemOf('a')] } });
    const results = await store.claim(claimsOf('a', 'b', 'c'));
    expect(results).toMatchObject([
      { kind: 'refused', current: { kind: 'job', job: { id: 'a' } } },
      { kind: 'claimed', job: { id: 'b', status: 'running' } },
      { kind: 'refused', current: { kind: 'absent', id: 'c' } },
    ]);
    expect(dynamo.commandCalls(BatchGetCommand)).toHaveLength(1);
  });

  test('is an error where it cannot be explained, and the others keep their results', async () => {
    const { dynamo, store } = setup();
    dynamo
      .on(PutCommand)
      .resolves({})
      .on(PutCommand, { Item: itemOf('b') })
      .rejects(conditionFailed)
      .on(BatchGetCommand)
      .rejects(answered('InternalServerError', 500));
    expect(await store.create(['a', 'b'].map((id) => ({ ...dispatchedJob(), id })))).toEqual([
      { kind: 'created' },
      { kind: 'error', error: expect.objectContaining({ code: 'unavailable' }) },
    ]);
  });

  test('needs no read when there is none', async () => {
    const { dynamo, store } = setup();
    dynamo.on(UpdateCommand).resolves({ Attributes: encodeFields(runningJob()) });
    expect(await store.claim([claimOf()])).toEqual([{ kind: 'claimed', job: runningJob() }]);
    expect(dynamo.commandCalls(BatchGetCommand)).toEqual([]);
  });
});

test('single writes go out side by side, but never more than DynamoDB and the sockets bear', async () => {
  const { dynamo, store } = setup();
  let [underWay, most] = [0, 0];
  dynamo.on(UpdateCommand).callsFake(async () => {
    underWay += 1;
    most = Math.max(most, underWay);
    await Promise.resolve();
    underWay -= 1;
    return { Attributes: encodeFields(runningJob()) };
  });
  expect(await store.claim(Array.from({ length: 100 }, () => claimOf()))).toHaveLength(100);
  expect(most).toBe(25);
});

describe('an error', () => {
  const cases: readonly (readonly [string, Error, string])[] = [
    ['throttling', answered('ThrottlingException', 400), 'unavailable'],
    ['too little throughput', new ProvisionedThroughputExceededException({ message: '', ...META }), 'unavailable'],
    ['a failing server', new InternalServerError({ message: '', $metadata: { httpStatusCode: 500 } }), 'unavailable'],
    ['a server that says no more', answered('UnknownError', 503), 'unavailable'],
    ['a transaction of somebody else', new TransactionConflictException({ message: '', ...META }), 'unavailable'],
    ['a time-out', Object.assign(new Error('timed out'), { name: 'TimeoutError' }), 'unavailable'],
    ['a broken connection', Object.assign(new Error('reset'), { code: 'ECONNRESET' }), 'unavailable'],
    ['no permission', answered('AccessDeniedException', 400), 'denied'],
    ['unknown credentials', answered('UnrecognizedClientException', 400), 'denied'],
    ['a wrong signature', answered('InvalidSignatureException', 400), 'denied'],
    ['no table', new ResourceNotFoundException({ message: '', $metadata: { httpStatusCode: 400 } }), 'denied'],
    ['no credentials', Object.assign(new Error('none'), { name: 'CredentialsProviderError' }), 'denied'],
    ['an item that is no item', answered('ValidationException', 400), 'invalid'],
    ['a request that is too large', answered('RequestEntityTooLarge', 413), 'invalid'],
  ];

  test.each(cases)('of %s concerns only its own entry', async (_, cause, code) => {
    const { dynamo, store } = setup();
    dynamo
      .on(UpdateCommand)
      .rejects(cause)
      .on(UpdateCommand, { Key: { id: 'b' } }, false)
      .rejects(conditionFailed);
    dynamo.on(BatchGetCommand).resolves({});
    const results = await store.claim(claimsOf('a', 'b'));
    expect(results).toEqual([
      { kind: 'error', error: expect.objectContaining({ name: 'AccessError', code, cause }) },
      { kind: 'refused', current: { kind: 'absent', id: 'b' } },
    ]);
  });

  const calls: readonly (readonly [string, (store: JobStore) => Promise<unknown>])[] = [
    ['read', (store) => store.read(['a'])],
    ['findDue', (store) => store.findDue({ lane: 'a', until: NOW, limit: 1 })],
  ];

  test.each(calls)('of %s is thrown, and its message names neither table nor account', async (_, call) => {
    const { dynamo, store } = setup();
    const cause = answered('AccessDeniedException', 400);
    dynamo.on(BatchGetCommand).rejects(cause).on(QueryCommand).rejects(cause);
    const error = await call(store).then(
      () => expect.fail('expected an error'),
      (thrown: unknown) => thrown as Error,
    );
    expect(error).toMatchObject({ name: 'AccessError', code: 'denied', cause });
    expect(error.message).not.toMatch(/arn:|123456789012|table\/jobs/);
  });
});

describe('the client', () => {
  const storeAt = async (
    answer: RequestListener,
  ): Promise<{ readonly store: JobStore; readonly requests: () => number }> => {
    let requests = 0;
    const server = createServer((request, response) => {
      requests += 1;
      answer(request, response);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const client = createDynamoDocumentClient({
      endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      region: 'us-east-1',
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    });
    onTestFinished(() => {
      client.destroy();
      server.closeAllConnections();
      server.close();
    });
    const clock = { now: () => NOW, sleep: async () => {} };
    return {
      store: createDynamoJobStore({ client, tableName: 'jobs', clock, random: { next: () => 0 } }),
      requests: () => requests,
    };
  };

  test('tries a broken connection three times, then tells that the store is unavailable', async () => {
    const { store, requests } = await storeAt((request) => request.socket.destroy());
    expect(await store.claim([claimOf()])).toMatchObject([{ kind: 'error', error: { code: 'unavailable' } }]);
    expect(requests()).toBe(3);
  });

  test('does not try a refused request again', async () => {
    const { store, requests } = await storeAt((_, response) => {
      response.writeHead(400, { 'content-type': 'application/x-amz-json-1.0' });
      response.end(JSON.stringify({ __type: 'com.amazon.coral.validate#ValidationException', message: 'no' }));
    });
    await expect(store.read(['a'])).rejects.toMatchObject({ code: 'invalid' });
    expect(requests()).toBe(1);
  });
});
