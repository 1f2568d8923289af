import { PermanentError } from 'async-endpoints';
import { describe, expect, it } from 'vitest';
import {
  createSecretsManagerReader,
  locateSecret,
} from '../../../../functions/jobs/deliver-webhook/secrets-manager.ts';
import { sign } from '../../../local/http/signed-request.ts';
import { type AnswerWith, findClosedPort, startReceiver } from './receiver.ts';
import { errorOf, NOW } from './setup.ts';

const ARN = 'arn:aws:secretsmanager:eu-north-1:111122223333:secret:partner-AbCdEf';
const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret/key+', sessionToken: 'token==' };

const setup = async (answer: AnswerWith) => {
  const receiver = await startReceiver(answer);
  const endpoint = `http://127.0.0.1:${receiver.port}`;
  return {
    receiver,
    read: createSecretsManagerReader({ readCredentials: () => credentials, now: () => NOW, endpoint }),
  };
};

const answerWith =
  (status: number, body: string): AnswerWith =>
  (response) =>
    response.writeHead(status).end(body);

describe('a secret', () => {
  it.each([
    ['aws', 'eu-north-1', 'secretsmanager.eu-north-1.amazonaws.com'],
    ['aws-us-gov', 'us-gov-west-1', 'secretsmanager.us-gov-west-1.amazonaws.com'],
    ['aws-cn', 'cn-north-1', 'secretsmanager.cn-north-1.amazonaws.com.cn'],
    ['aws-eusc', 'eusc-de-east-1', 'secretsmanager.eusc-de-east-1.amazonaws.eu'],
  ])('of partition %s is read in its own region %s', (partition, region, host) => {
    const arn = `arn:${partition}:secretsmanager:${region}:111122223333:secret:partner-AbCdEf`;
    expect(locateSecret(arn)).toEqual({ region, endpoint: `https://${host}` });
  });
});

describe('reading from AWS Secrets Manager', () => {
  it.each([credentials, { ...credentials, sessionToken: undefined }])(
    'sends what the signer of the AWS SDK would have signed',
    async ({ sessionToken, ...keys }) => {
      const receiver = await startReceiver(answerWith(200, '{"SecretString":"value"}'));
      const read = createSecretsManagerReader({
        readCredentials: () => ({ ...keys, sessionToken }),
        now: () => NOW,
        endpoint: `http://127.0.0.1:${receiver.port}`,
      });
      expect(await read(ARN)).toBe('value');

      const [sent] = receiver.received;
      const signed = await sign(
        {
          method: 'POST',
          path: '/',
          headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': 'secretsmanager.GetSecretValue' },
          body: JSON.stringify({ SecretId: ARN }),
          host: `127.0.0.1:${receiver.port}`,
        },
        {
          region: 'eu-north-1',
          service: 'secretsmanager',
          credentials: { ...keys, ...(sessionToken === undefined ? {} : { sessionToken }) },
          signingDate: new Date(NOW),
        },
      );
      expect(sent?.body).toBe(signed.body);
      expect(sent?.headers.authorization).toContain(signatureOf(signed.headers['authorization']));
      expect(sent?.headers).toMatchObject({
        'x-amz-date': signed.headers['x-amz-date'],
        host: `127.0.0.1:${receiver.port}`,
      });
      expect(sent?.headers['x-amz-security-token']).toBe(sessionToken);
    },
  );

  it('fails for now with the reason that AWS gives', async () => {
    const { read } = await setup(answerWith(400, '{"__type":"AccessDeniedException","Message":"…"}'));
    expect(await errorOf(read(ARN))).toMatchObject({
      code: 'secret-unavailable',
      message: `The secret ${ARN} cannot be read: AWS Secrets Manager answered 400, AccessDeniedException.`,
    });
  });

  it.each<[number, string, RegExp]>([
    [200, '{"SecretBinary":"AAAA"}', /has no text/],
    [200, '{"SecretString":""}', /has no text/],
    [200, 'not json', /has no text/],
    [503, '', /answered 503, without a reason/],
    [302, '', /could not be reached|answered 302/],
  ])('fails for %d %j', async (status, body, message) => {
    const { read } = await setup(answerWith(status, body));
    expect(await errorOf(read(ARN))).toMatchObject({
      code: 'secret-unavailable',
      message: expect.stringMatching(message),
    });
  });

  it('fails for good when there is no such secret, with the words of the service', async () => {
    const body = '{"__type":"ResourceNotFoundException","Message":"Secrets Manager can\'t find the specified secret."}';
    const { read } = await setup(answerWith(400, body));
    const error = await errorOf(read(ARN));
    expect(error).toBeInstanceOf(PermanentError);
    expect(error).toMatchObject({ message: expect.stringContaining("can't find the specified secret") });
  });

  it('fails for now when nobody answers', async () => {
    const endpoint = `http://127.0.0.1:${await findClosedPort()}`;
    const read = createSecretsManagerReader({ readCredentials: () => credentials, now: () => NOW, endpoint });
    expect(await errorOf(read(ARN))).toMatchObject({
      code: 'secret-unavailable',
      message: expect.stringContaining(endpoint.slice(7)),
    });
  });
});

const signatureOf = (authorization = ''): string => /Signature=\w+$/.exec(authorization)?.[0] ?? 'no signature';
