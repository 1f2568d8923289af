import { describe, expect, it } from 'vitest';
import {
  readConsumerConfig,
  readCredentials,
  readProducerConfig,
  readStorageConfig,
  readWebhookConfig,
} from '../../functions/config.ts';
import { DEFAULT_POLICY, ENV } from '../../lib/core/index.ts';

const least = {
  [ENV.tableName]: 'jobs',
  [ENV.queueUrl]: 'https://sqs.example/jobs',
  [ENV.deadLetterQueueUrl]: 'https://sqs.example/dead',
};

describe('the configuration of a function', () => {
  it('needs the names of table and queues, and has the documented defaults', () => {
    expect(readStorageConfig(least)).toEqual({
      tableName: 'jobs',
      queueUrl: 'https://sqs.example/jobs',
      deadLetterQueueUrl: 'https://sqs.example/dead',
      policy: DEFAULT_POLICY,
    });
    expect(readProducerConfig(least)).toMatchObject({ queueDepthCap: 1_000, stayAwake: false });
    expect(readConsumerConfig(least)).toMatchObject({ batchConcurrency: 10 });
  });

  it('reads days and seconds into milliseconds', () => {
    const { policy } = readStorageConfig({
      ...least,
      [ENV.retentionDays]: '1',
      [ENV.dispatchGraceSeconds]: '2',
      [ENV.leaseMarginSeconds]: '3',
      [ENV.listCompleted]: 'true',
    });
    expect(policy).toMatchObject({
      retentionMs: 86_400_000,
      dispatchGraceMs: 2_000,
      leaseMarginMs: 3_000,
      listCompleted: true,
    });
  });

  it('fails with every problem at once, naming variable, value and what was expected', () => {
    const read = () => readProducerConfig({ ...least, [ENV.tableName]: '', [ENV.shards]: '0', [ENV.stayAwake]: 'yes' });
    expect(read).toThrow(`${ENV.tableName} is missing`);
    expect(read).toThrow(`${ENV.shards} is "0", expected a whole number from 1 to 100`);
    expect(read).toThrow(`${ENV.stayAwake} is "yes", expected "true" or "false"`);
  });
});

describe('the configuration of webhooks', () => {
  it('allows nobody when nothing is set', () => {
    expect(readWebhookConfig({})).toEqual({
      allowedHosts: [],
      allowedAddresses: [],
      allowHttp: false,
      secretArns: {},
      secretsEndpoint: undefined,
      secretsFile: undefined,
    });
  });

  it('is what the construct writes', () => {
    expect(
      readWebhookConfig({
        [ENV.webhooks]: '{"allowedHosts":["a.test"],"allowedAddresses":["10.0.0.0/8"],"allowHttp":true}',
        [ENV.webhookSecrets]: '{"partner":"arn:partner"}',
        AWS_ENDPOINT_URL_SECRETS_MANAGER: 'http://127.0.0.1:4107',
        [ENV.secretsFile]: '/data/secrets.json',
      }),
    ).toEqual({
      allowedHosts: ['a.test'],
      allowedAddresses: ['10.0.0.0/8'],
      allowHttp: true,
      secretArns: { partner: 'arn:partner' },
      secretsEndpoint: 'http://127.0.0.1:4107',
      secretsFile: '/data/secrets.json',
    });
  });

  it.each([
    [ENV.webhooks, 'not json'],
    [ENV.webhooks, '[]'],
    [ENV.webhooks, '{"allowedHosts":"a.test"}'],
    [ENV.webhooks, '{"allowedAddresses":[1]}'],
    [ENV.webhookSecrets, '{"partner":1}'],
  ])('fails for %s as %s', (name, value) => {
    expect(() => readWebhookConfig({ [name]: value })).toThrow(name);
  });

  it('takes the credentials that Lambda gives', () => {
    expect(
      readCredentials({ AWS_ACCESS_KEY_ID: 'id', AWS_SECRET_ACCESS_KEY: 'secret', AWS_SESSION_TOKEN: 'token' }),
    ).toEqual({ accessKeyId: 'id', secretAccessKey: 'secret', sessionToken: 'token' });
  });
});
