import { ENV, OUTPUT } from '../../core/names.ts';
import type { FunctionPlan } from '../template/plan.ts';
import { StackError } from './errors.ts';

/** Where a running stack answers, and as whom: all that a client needs. */
export interface StackAddress {
  readonly api: string;
  readonly dynamodb: string;
  readonly sqs: string;
  readonly s3: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly tableName: string;
  readonly queueUrl: string;
  readonly deadLetterQueueUrl: string;
}

/** The values of the template's outputs that name the installation. */
export function readOutputs(
  outputs: Readonly<Record<string, string>>,
): Pick<StackAddress, 'tableName' | 'queueUrl' | 'deadLetterQueueUrl'> {
  const names = Object.keys(outputs);
  // Outputs may carry a prefix, so that a stack can hold more than one installation; the first of them is run.
  const prefixes = names
    .filter((name) => name.endsWith(OUTPUT.tableName))
    .map((name) => dropEnd(name, OUTPUT.tableName));
  const prefix = prefixes.sort()[0] ?? '';
  const read = (name: string): string => {
    const value = outputs[prefix + name];
    if (value === undefined) {
      throw new StackError(
        'template-incomplete',
        `Expected the stack to have an output named ${prefix}${name}; it has ${names.join(', ') || 'none'}. Does the app create an AsyncEndpoints construct?`,
      );
    }
    return value;
  };
  return {
    tableName: read(OUTPUT.tableName),
    queueUrl: read(OUTPUT.queueUrl),
    deadLetterQueueUrl: read(OUTPUT.deadLetterQueueUrl),
  };
}

const dropEnd = (text: string, end: string): string => text.slice(0, text.length - end.length);

/** What the SDKs and our own clients read from their environment. The CLI of version 1 knows the second region only. */
function toClientEnvironment(address: StackAddress): Readonly<Record<string, string>> {
  return {
    AWS_REGION: address.region,
    AWS_DEFAULT_REGION: address.region,
    ...toServiceEnvironment(address),
    [ENV.tableName]: address.tableName,
    [ENV.queueUrl]: address.queueUrl,
    [ENV.deadLetterQueueUrl]: address.deadLetterQueueUrl,
  };
}

/**
 * What a function needs beyond the template's own variables to find the services on this machine. The last one keeps the AWS
 * SDK from writing a notice about Node 20 into every process: it is about a Node that deployed functions do not have.
 */
export function toServiceEnvironment(
  address: Pick<StackAddress, 'dynamodb' | 'sqs' | 's3' | 'accessKeyId' | 'secretAccessKey'> & {
    readonly sessionToken?: string;
  },
): Readonly<Record<string, string>> {
  return {
    AWS_ACCESS_KEY_ID: address.accessKeyId,
    AWS_SECRET_ACCESS_KEY: address.secretAccessKey,
    ...(address.sessionToken === undefined ? {} : { AWS_SESSION_TOKEN: address.sessionToken }),
    AWS_ENDPOINT_URL_DYNAMODB: address.dynamodb,
    AWS_ENDPOINT_URL_SQS: address.sqs,
    AWS_ENDPOINT_URL_S3: address.s3,
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
  };
}

/**
 * What a client must know besides addresses, as the installation's own functions know it. With another queue name, or with
 * more shards, it would put jobs into lanes that no producer looks into.
 */
export function readClientSettings(
  functions: readonly Pick<FunctionPlan, 'environment'>[],
  tableName: string,
): Readonly<Record<string, string>> {
  const own = functions.find(({ environment }) => environment[ENV.tableName] === tableName)?.environment ?? {};
  return Object.fromEntries(
    [ENV.queueName, ENV.shards, ENV.dispatchGraceSeconds].flatMap((name) => {
      const value = own[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

/** What people call a secret, by its ARN: the functions are told in JSON, name by name. */
export function readSecretNames(functions: readonly Pick<FunctionPlan, 'environment'>[]): ReadonlyMap<string, string> {
  return new Map(
    functions.flatMap(({ environment }) =>
      Object.entries(parseTexts(environment[ENV.webhookSecrets])).map(([name, arn]): [string, string] => [arn, name]),
    ),
  );
}

/** Written by the construct of this very package, moments ago. */
const parseTexts = (json = '{}'): Readonly<Record<string, string>> => JSON.parse(json);

/** Ready to `source`. */
export function toEnvironmentFile(address: StackAddress, settings: Readonly<Record<string, string>>): string {
  const variables = { ...toClientEnvironment(address), ...settings };
  const lines = Object.entries(variables).map(([name, value]) => `export ${name}=${quote(value)}`);
  // A session token of a real account would go with the local key, and requests would be refused.
  return `${[...lines, 'unset AWS_SESSION_TOKEN AWS_PROFILE'].join('\n')}\n`;
}

const quote = (value: string): string => (/^[\w.:/@-]+$/.test(value) ? value : `'${value.replaceAll("'", "'\\''")}'`);
