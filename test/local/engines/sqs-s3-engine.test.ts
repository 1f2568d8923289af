import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ListQueuesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type SqsS3Engine, startSqsS3Engine } from '../../../lib/local/engines/index.ts';
import { ChildSpawner } from '../../../lib/local/processes/index.ts';

const QUEUE = { name: 'jobs', attributes: { VisibilityTimeout: '360', DelaySeconds: '0' } };

let spawner: ChildSpawner;
let engine: SqsS3Engine;
let sqs: SQSClient;
let queueUrl: string;

beforeAll(async () => {
  spawner = new ChildSpawner();
  engine = await startSqsS3Engine({ spawner, sqsPort: 0, s3Port: 0, onNotice: () => {} });
  await engine.createQueues([QUEUE]);
  queueUrl = `${engine.sqsEndpoint}/000000000000/${QUEUE.name}`;
  sqs = new SQSClient({
    region: 'us-east-1',
    endpoint: engine.sqsEndpoint,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
});

afterAll(async () => {
  sqs.destroy();
  await spawner.close();
});

/** Engines want to know who signed, not whether the signature is right. */
const SIGNED = { authorization: 'AWS4-HMAC-SHA256 Credential=local/20000101/us-east-1/sqs/aws4_request' };

describe('the SQS engine', () => {
  it('gives queues the address that really listens', async () => {
    const created = await sqs.send(new CreateQueueCommand({ QueueName: 'other' }));

    expect(created.QueueUrl).toBe(`${engine.sqsEndpoint}/000000000000/other`);
    expect((await sqs.send(new GetQueueUrlCommand({ QueueName: QUEUE.name }))).QueueUrl).toBe(queueUrl);
    expect((await sqs.send(new ListQueuesCommand({}))).QueueUrls).toEqual([queueUrl, created.QueueUrl]);
  });

  it('takes a queue by that address', async () => {
    await sqs.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: 'hello' }));

    const { Messages } = await sqs.send(new ReceiveMessageCommand({ QueueUrl: queueUrl, WaitTimeSeconds: 2 }));

    expect(Messages?.map(({ Body }) => Body)).toEqual(['hello']);
  });

  it('takes a request that is posted to the address of the queue', async () => {
    const response = await fetch(queueUrl, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-amz-json-1.0',
        'x-amz-target': 'AmazonSQS.GetQueueAttributes',
        ...SIGNED,
      },
      body: JSON.stringify({ QueueUrl: queueUrl, AttributeNames: ['VisibilityTimeout'] }),
    });

    expect(await response.json()).toEqual({ Attributes: { VisibilityTimeout: '360' } });
  });

  it('keeps regions apart', async () => {
    const elsewhere = new SQSClient({
      region: 'eu-central-1',
      endpoint: engine.sqsEndpoint,
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    });

    await expect(elsewhere.send(new GetQueueUrlCommand({ QueueName: QUEUE.name }))).rejects.toMatchObject({
      name: 'QueueDoesNotExist',
    });
    const { QueueUrl } = await elsewhere.send(new CreateQueueCommand({ QueueName: QUEUE.name }));
    await elsewhere.send(new SendMessageCommand({ QueueUrl, MessageBody: 'far away' }));

    const { Messages } = await sqs.send(new ReceiveMessageCommand({ QueueUrl: queueUrl }));
    expect(Messages).toBeUndefined();
    elsewhere.destroy();
  });

  it('fails on a queue that does not exist', async () => {
    await expect(
      sqs.send(new SendMessageCommand({ QueueUrl: `${engine.sqsEndpoint}/000000000000/none`, MessageBody: 'x' })),
    ).rejects.toMatchObject({ name: 'QueueDoesNotExist' });
  });

  it('fails on a queue that cannot be created, and says why', async () => {
    await expect(engine.createQueues([{ name: 'bad', attributes: { VisibilityTimeout: '-1' } }])).rejects.toThrow(
      /queue bad cannot be created: .*VisibilityTimeout/,
    );
  });
});

describe('the S3 engine', () => {
  it('stores objects at an address of its own', async () => {
    await fetch(`${engine.s3Endpoint}/bucket`, { method: 'PUT', headers: SIGNED });
    await fetch(`${engine.s3Endpoint}/bucket/a/key`, { method: 'PUT', headers: SIGNED, body: 'content' });

    const response = await fetch(`${engine.s3Endpoint}/bucket/a/key`, { headers: SIGNED });

    expect(await response.text()).toBe('content');
    expect(new URL(engine.s3Endpoint).port).not.toBe(new URL(engine.sqsEndpoint).port);
  });
});

describe('after a kill', () => {
  it('the queues are back, empty, at the same address, before anyone is answered', async () => {
    const { pid } = engine;
    await sqs.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: 'lost' }));
    const killed = pid();

    process.kill(killed, 'SIGKILL');

    // The SDK's own retries do not reach as far as a new process.
    const answer = await vi.waitFor(
      () =>
        sqs.send(
          new GetQueueAttributesCommand({
            QueueUrl: queueUrl,
            AttributeNames: ['VisibilityTimeout', 'ApproximateNumberOfMessages'],
          }),
        ),
      { timeout: 10_000 },
    );
    expect(answer.Attributes).toEqual({ VisibilityTimeout: '360', ApproximateNumberOfMessages: '0' });
    expect(pid()).not.toBe(killed);
  });
});
