import { createHash } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type AccessError, encodeMessage } from '../../../lib/core/index.ts';
import { createDynamoDocumentClient, createDynamoJobStore } from '../../../lib/dynamodb/index.ts';
import { systemClock, systemRandom } from '../../../lib/pipeline/index.ts';
import { createSqsClient, createSqsJobQueue } from '../../../lib/sqs/index.ts';
import { type Fate, type FaultProxy, startFaultProxy } from './fault-proxy.ts';
import { REFUSALS } from './refusals.ts';

const common = { region: 'us-east-1', credentials: { accessKeyId: 'local', secretAccessKey: 'local' } };

const MESSAGE = { message: { id: 'a' }, delayMs: 0 };
const MD5OfMessageBody = createHash('md5').update(encodeMessage(MESSAGE.message)).digest('hex');
const SENT = { Successful: [{ Id: '0', MessageId: 'm', MD5OfMessageBody }] };

/** A service that says of every table that it has no items, and takes every message. */
let service: Server;
let served: string[];
let fates: Fate[];
let proxy: FaultProxy;

beforeEach(async () => {
  served = [];
  service = createServer((request, response) => {
    const operation = String(request.headers['x-amz-target']).split('.')[1] ?? '';
    served.push(operation);
    request.resume();
    response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0' });
    response.end(JSON.stringify(operation === 'BatchGetItem' ? { Responses: { jobs: [] } } : SENT));
  });
  await new Promise<void>((resolve) => service.listen(0, '127.0.0.1', resolve));
  fates = [];
  proxy = await startFaultProxy({
    target: `http://127.0.0.1:${(service.address() as AddressInfo).port}`,
    decide: () => fates.shift() ?? { kind: 'pass' },
  });
});

afterEach(async () => {
  await proxy.close();
  service.closeAllConnections();
  service.close();
});

const store = (maxAttempts: number) =>
  createDynamoJobStore({
    client: createDynamoDocumentClient({ ...common, endpoint: proxy.endpoint, maxAttempts }),
    tableName: 'jobs',
    clock: systemClock,
    random: systemRandom,
  });

const queue = (maxAttempts: number) =>
  createSqsJobQueue({
    client: createSqsClient({ ...common, endpoint: proxy.endpoint, maxAttempts }),
    queueUrl: `${proxy.endpoint}/000000000000/jobs`,
    deadLetterQueueUrl: `${proxy.endpoint}/000000000000/dead`,
  });

const codeOfRead = async (): Promise<unknown> =>
  await store(1)
    .read(['a'])
    .then(
      (found) => found[0]?.kind,
      (error: AccessError) => error.code,
    );

describe('a request', () => {
  it('passes unchanged when nothing befalls it', async () => {
    expect(await codeOfRead()).toBe('absent');
    expect(proxy.counts).toEqual(new Map([['BatchGetItem', 1]]));
  });

  it('fails without the service having seen it when it is dropped before', async () => {
    fates = [{ kind: 'drop-before' }];
    expect(await codeOfRead()).toBe('unavailable');
    expect(served).toEqual([]);
  });

  it('fails although the service carried it out when it is dropped after', async () => {
    fates = [{ kind: 'drop-after' }];
    expect(await codeOfRead()).toBe('unavailable');
    expect(served).toEqual(['BatchGetItem']);
  });

  it('fails and lands all the same, when it is let, if it is held on its way', async () => {
    let land = (): void => {};
    const landing = new Promise<void>((resolve) => {
      land = resolve;
    });
    fates = [{ kind: 'land-late', landing }];
    expect(await codeOfRead()).toBe('unavailable');
    expect(served).toEqual([]);
    const arrived = new Promise((resolve) => service.once('request', resolve));
    land();
    await arrived;
    expect(served).toEqual(['BatchGetItem']);
  });

  it('is tried again by the client after a fault that passes', async () => {
    fates = [{ kind: 'drop-after' }, { kind: 'delay', ms: 1 }];
    expect((await store(3).read(['a']))[0]?.kind).toBe('absent');
    expect(served).toHaveLength(2);
  });
});

describe('what AWS says when it is too busy', () => {
  it.each(REFUSALS.dynamodb)('fails a request to the table as unavailable: $name', async (refusal) => {
    fates = [{ kind: 'refuse', refusal }];
    expect(await codeOfRead()).toBe('unavailable');
  });

  it.each(REFUSALS.sqs)('fails a message as unavailable: $name', async (refusal) => {
    fates = [{ kind: 'refuse', refusal }];
    const [result] = await queue(1).send([MESSAGE]);
    expect(result).toMatchObject({ kind: 'error', error: { code: 'unavailable' } });
  });

  it.each(REFUSALS.dynamodb)('is worth another try of the client to the table: $name', async (refusal) => {
    fates = [{ kind: 'refuse', refusal }];
    expect((await store(2).read(['a']))[0]?.kind).toBe('absent');
  });

  // The client does not know the two others for what they are; whatever it gives up, the table brings back.
  const known = REFUSALS.sqs.filter(({ name }) => name !== 'KmsThrottled' && name !== 'OverLimit');
  it.each(known)('is worth another try of the client to the queue: $name', async (refusal) => {
    fates = [{ kind: 'refuse', refusal }];
    expect(await queue(2).send([MESSAGE])).toEqual([{ kind: 'sent' }]);
  });
});
