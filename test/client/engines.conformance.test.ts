import { GetItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { JobClient } from '../../lib/index.ts';
import { add } from '../http/memory-stack.ts';
import { CREDENTIALS, type LocalEngines, REGION, startLocalEngines } from './local-engines.ts';

const INPUT = { left: 1, right: 2 };

describe('JobClient on the local engines', () => {
  let engines: LocalEngines;
  let jobs: JobClient;

  beforeAll(async () => {
    engines = await startLocalEngines();
    const { tableName, queueUrl, endpoints } = engines;
    jobs = new JobClient({ tableName, queueUrl, endpoints, region: REGION, credentials: CREDENTIALS });
  });
  afterAll(() => engines.close());

  const complete = async (id: string): Promise<void> => {
    await engines.dynamodb.send(
      new UpdateItemCommand({
        TableName: engines.tableName,
        Key: { id: { S: id } },
        UpdateExpression:
          'SET #status = :completed, #result = :result, attempt = :one, finishedAt = :at, expiresAt = :at',
        ExpressionAttributeNames: { '#status': 'status', '#result': 'result' },
        ExpressionAttributeValues: {
          ':completed': { S: 'completed' },
          ':result': { S: '{"sum":3}' },
          ':one': { N: '1' },
          ':at': { N: '1900000000' },
        },
      }),
    );
  };

  const receiveBodies = async (): Promise<readonly (string | undefined)[]> => {
    const { Messages = [] } = await engines.sqs.send(
      new ReceiveMessageCommand({ QueueUrl: engines.queueUrl, MaxNumberOfMessages: 10 }),
    );
    return Messages.map(({ Body }) => Body);
  };

  it('puts the job and sends its message', async () => {
    const job = await jobs.submit(add, INPUT);
    const { Item } = await engines.dynamodb.send(
      new GetItemCommand({ TableName: engines.tableName, Key: { id: { S: job.id } } }),
    );
    expect(Item).toMatchObject({ type: { S: 'add' }, status: { S: 'dispatched' } });
    // The functions count what this process does not.
    expect(Item?.['history']).toEqual({ L: [{ S: expect.stringMatching(/ sdk$/) }] });
    expect(await receiveBodies()).toEqual([`{"v":1,"id":"${job.id}"}`]);
    expect(await jobs.get(job.id)).toMatchObject({ id: job.id, status: 'dispatched', createdAt: job.createdAt });
    expect(await jobs.get('nope')).toBeUndefined();
  });

  it('knows a key again, also beside itself', async () => {
    const options = { idempotencyKey: 'k', delaySeconds: 60 };
    const [first, second] = await Promise.all([jobs.submit(add, INPUT, options), jobs.submit(add, INPUT, options)]);
    expect(first.id).toBe(second.id);
    expect((await jobs.submit(add, { right: 2, left: 1 }, options)).id).toBe(first.id);
    await expect(jobs.submit(add, { left: 2, right: 2 }, options)).rejects.toMatchObject({
      code: 'idempotency-conflict',
    });
  });

  it('waits for the end of a job', async () => {
    const { id } = await jobs.submit(add, INPUT);
    const [done] = await Promise.all([jobs.wait(id, { timeoutMs: 5_000 }), complete(id)]);
    expect(done).toMatchObject({ id, status: 'completed', result: { sum: 3 } });
  });

  it('finds its way by the environment', async () => {
    vi.stubEnv('ASYNC_ENDPOINTS_TABLE_NAME', engines.tableName);
    vi.stubEnv('ASYNC_ENDPOINTS_QUEUE_URL', engines.queueUrl);
    vi.stubEnv('AWS_REGION', REGION);
    vi.stubEnv('AWS_ACCESS_KEY_ID', CREDENTIALS.accessKeyId);
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', CREDENTIALS.secretAccessKey);
    vi.stubEnv('AWS_ENDPOINT_URL_DYNAMODB', engines.endpoints.dynamodb);
    vi.stubEnv('AWS_ENDPOINT_URL_SQS', engines.endpoints.sqs);
    const { id } = await JobClient.fromEnv().submit(add, INPUT);
    expect(await jobs.get(id)).toMatchObject({ id });
    expect(await receiveBodies()).toContain(`{"v":1,"id":"${id}"}`);
  });

  it('fails as denied for a table that is not there', async () => {
    const { queueUrl, endpoints } = engines;
    const lost = new JobClient({ tableName: 'nope', queueUrl, endpoints, region: REGION, credentials: CREDENTIALS });
    await expect(lost.submit(add, INPUT)).rejects.toMatchObject({ name: 'SubmitError', code: 'denied' });
    await expect(lost.get('a')).rejects.toMatchObject({ name: 'JobClientError', code: 'denied' });
  });

  it('accepts a job whose message cannot be sent', async () => {
    const { tableName, endpoints } = engines;
    const queueUrl = `${engines.queueUrl}-nope`;
    const mute = new JobClient({ tableName, queueUrl, endpoints, region: REGION, credentials: CREDENTIALS });
    const { id } = await mute.submit(add, INPUT);
    expect(await jobs.get(id)).toMatchObject({ status: 'dispatched' });
  });
});
