import { createHash, createHmac } from 'node:crypto';
import { PermanentError } from 'async-endpoints';
import { SecretUnavailableError } from './errors.ts';

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string | undefined;
}

export interface SecretsManagerOptions {
  /** Asked for with each request. */
  readonly readCredentials: () => Credentials;
  readonly now: () => number;
  /** Instead of the one that the secret's ARN leads to. */
  readonly endpoint?: string;
  readonly timeoutMs?: number;
}

const TIMEOUT_MS = 5_000;

/** Partitions of AWS whose hosts end in something of their own. */
const HOST_SUFFIXES: ReadonlyMap<string, string> = new Map([
  ['aws-cn', 'amazonaws.com.cn'],
  ['aws-eusc', 'amazonaws.eu'],
  ['aws-iso', 'c2s.ic.gov'],
  ['aws-iso-b', 'sc2s.sgov.gov'],
  ['aws-iso-e', 'cloud.adc-e.uk'],
  ['aws-iso-f', 'csp.hci.ic.gov'],
]);

/** Where a secret is read, by its ARN. */
export function locateSecret(arn: string): { readonly region: string; readonly endpoint: string } {
  const [, partition = '', , region = ''] = arn.split(':');
  const suffix = HOST_SUFFIXES.get(partition) ?? 'amazonaws.com';
  return { region, endpoint: `https://secretsmanager.${region}.${suffix}` };
}

/**
 * Reads one secret by its ARN, in whatever region that is. One signed request instead of the client of the AWS SDK: that is
 * 28 KB more in a bundle that every other job type has to start with. It is not repeated; the job is.
 *
 * Rejects with PermanentError when there is no such secret, and with SecretUnavailableError for every other reason.
 */
export function createSecretsManagerReader(options: SecretsManagerOptions): (arn: string) => Promise<string> {
  return async (arn) => {
    const { region, endpoint } = locateSecret(arn);
    const url = new URL(options.endpoint ?? endpoint);
    const body = JSON.stringify({ SecretId: arn });
    const headers = signHeaders({ url, region, body, nowMs: options.now(), credentials: options.readCredentials() });
    const answer = await send(url, headers, body, options.timeoutMs ?? TIMEOUT_MS);
    const value = readField(answer.body, 'SecretString');
    if (answer.status === 200 && typeof value === 'string' && value !== '') return value;
    const type = String(readField(answer.body, '__type') ?? 'without a reason').replace(/^.*#/, '');
    if (type === 'ResourceNotFoundException') {
      throw new PermanentError(`There is no secret ${arn}: ${String(readField(answer.body, 'Message') ?? type)}`);
    }
    throw new SecretUnavailableError(
      answer.status === 200
        ? `The secret ${arn} has no text: store one as plain text.`
        : `The secret ${arn} cannot be read: AWS Secrets Manager answered ${answer.status}, ${type}.`,
    );
  };
}

async function send(
  url: URL,
  headers: Readonly<Record<string, string>>,
  body: string,
  timeoutMs: number,
): Promise<{ readonly status: number; readonly body: unknown }> {
  try {
    const signal = AbortSignal.timeout(timeoutMs);
    const response = await fetch(url, { method: 'POST', headers, body, signal, redirect: 'error' });
    return { status: response.status, body: parse(await response.text()) };
  } catch (error) {
    throw new SecretUnavailableError(`AWS Secrets Manager at ${url.host} could not be reached: ${String(error)}`, {
      cause: error,
    });
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function readField(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}

interface ToSign {
  readonly url: URL;
  readonly region: string;
  readonly body: string;
  readonly nowMs: number;
  readonly credentials: Credentials;
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();

/** Signature version 4 of a POST to `/` without a query. */
function signHeaders({ url, region, body, nowMs, credentials }: ToSign): Readonly<Record<string, string>> {
  const { accessKeyId, secretAccessKey, sessionToken } = credentials;
  const time = new Date(nowMs).toISOString().replaceAll(/[:-]|\.\d{3}/g, '');
  const date = time.slice(0, 8);
  // In the order of their names, as the signature wants them.
  const headers: Readonly<Record<string, string>> = {
    'content-type': 'application/x-amz-json-1.1',
    host: url.host,
    'x-amz-content-sha256': sha256(body),
    'x-amz-date': time,
    ...(sessionToken === undefined ? {} : { 'x-amz-security-token': sessionToken }),
    'x-amz-target': 'secretsmanager.GetSecretValue',
  };
  const names = Object.keys(headers).join(';');
  const lines = Object.entries(headers).map(([name, value]) => `${name}:${value}\n`);
  const canonical = ['POST', '/', '', lines.join(''), names, sha256(body)].join('\n');
  const scope = `${date}/${region}/secretsmanager/aws4_request`;
  const key = [date, region, 'secretsmanager', 'aws4_request'].reduce<string | Buffer>(
    (last, part) => hmac(last, part),
    `AWS4${secretAccessKey}`,
  );
  const signature = hmac(key, ['AWS4-HMAC-SHA256', time, scope, sha256(canonical)].join('\n')).toString('hex');
  return {
    ...headers,
    authorization: `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${scope}, SignedHeaders=${names}, Signature=${signature}`,
  };
}
