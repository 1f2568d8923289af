import { DEFAULT_POLICY, ENV, InvalidDefinitionError, type Policy } from '../lib/core/index.ts';
import { type ArmedFailpoint, parseFailpoints } from './failpoints.ts';

/** Where the jobs and their messages are. */
export interface StorageConfig {
  readonly tableName: string;
  readonly queueUrl: string;
  readonly deadLetterQueueUrl: string;
  readonly policy: Policy;
}

export interface ProducerConfig extends StorageConfig {
  readonly queueDepthCap: number;
  readonly stayAwake: boolean;
}

export interface ConsumerConfig extends StorageConfig {
  readonly batchConcurrency: number;
}

/** Whom webhooks may reach and where their secrets are. Without the construct's prop nobody, and nowhere. */
export interface WebhookConfig {
  readonly allowedHosts: readonly string[];
  /** Blocks of addresses that are allowed although they are not public. */
  readonly allowedAddresses: readonly string[];
  readonly allowHttp: boolean;
  readonly secretArns: Readonly<Record<string, string>>;
  /** Where secrets are asked for, instead of the places that their ARNs lead to. */
  readonly secretsEndpoint: string | undefined;
  /** On a developer's machine: holds also secrets that the deployment does not name. */
  readonly secretsFile: string | undefined;
}

export interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string | undefined;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** The only place where function code reads the environment: once, at the start, naming what is wrong. */
export function readStorageConfig(environment: Environment = process.env): StorageConfig {
  const read = new EnvironmentReader(environment);
  const storage = readStorage(read);
  read.assertValid();
  return storage;
}

export function readProducerConfig(environment: Environment = process.env): ProducerConfig {
  const read = new EnvironmentReader(environment);
  const config = {
    ...readStorage(read),
    queueDepthCap: read.whole(ENV.queueDepthCap, 1, 1_000_000, 1_000),
    stayAwake: read.flag(ENV.stayAwake),
  };
  read.assertValid();
  return config;
}

export function readConsumerConfig(environment: Environment = process.env): ConsumerConfig {
  const read = new EnvironmentReader(environment);
  const config = { ...readStorage(read), batchConcurrency: read.whole(ENV.batchConcurrency, 1, 10_000, 10) };
  read.assertValid();
  return config;
}

/** Whether the `sleep` job may end its process when asked to. Never in a deployment: a stranger's input must not. */
export function mayCrash(environment: Environment = process.env): boolean {
  return environment[ENV.allowCrashes] === 'true';
}

/**
 * Where this process shall die. Nowhere unless its table is on this machine, which that of a deployed function never is; and nowhere
 * in Lambda, whatever a deployment sets. Source: AWS Lambda, "Defined runtime environment variables": LAMBDA_TASK_ROOT is reserved.
 */
export function readFailpoints(environment: Environment = process.env): readonly ArmedFailpoint[] {
  const text = environment[ENV.failpoints];
  const isLocal = LOOPBACK.test(environment['AWS_ENDPOINT_URL_DYNAMODB'] ?? '');
  const isDeployed = environment['LAMBDA_TASK_ROOT'] === DEPLOYED_TASK_ROOT;
  return text !== undefined && isLocal && !isDeployed ? parseFailpoints(text) : [];
}

/** Where Lambda has the code of a function. */
const DEPLOYED_TASK_ROOT = '/var/task';

const LOOPBACK = /^http:\/\/(127\.0\.0\.1|localhost|\[::1\])(:\d+)?\/?$/;

export function readWebhookConfig(environment: Environment = process.env): WebhookConfig {
  const read = new EnvironmentReader(environment);
  const { allowedHosts, allowedAddresses, allowHttp } = read.json(ENV.webhooks);
  const config = {
    allowedHosts: read.texts(ENV.webhooks, allowedHosts),
    allowedAddresses: read.texts(ENV.webhooks, allowedAddresses),
    allowHttp: allowHttp === true,
    secretArns: read.textsByName(ENV.webhookSecrets),
    secretsEndpoint: environment['AWS_ENDPOINT_URL_SECRETS_MANAGER'],
    secretsFile: environment[ENV.secretsFile],
  };
  read.assertValid();
  return config;
}

/** Those that Lambda gives a function; for what is too small to need a client of the AWS SDK. */
export function readCredentials(environment: Environment = process.env): AwsCredentials {
  return {
    accessKeyId: environment['AWS_ACCESS_KEY_ID'] ?? '',
    secretAccessKey: environment['AWS_SECRET_ACCESS_KEY'] ?? '',
    sessionToken: environment['AWS_SESSION_TOKEN'],
  };
}

function readStorage(read: EnvironmentReader): StorageConfig {
  return {
    tableName: read.text(ENV.tableName),
    queueUrl: read.text(ENV.queueUrl),
    deadLetterQueueUrl: read.text(ENV.deadLetterQueueUrl),
    policy: {
      queueName: read.text(ENV.queueName, DEFAULT_POLICY.queueName),
      shards: read.whole(ENV.shards, 1, 100, DEFAULT_POLICY.shards),
      dispatchGraceMs: 1000 * read.whole(ENV.dispatchGraceSeconds, 1, 3_600, DEFAULT_POLICY.dispatchGraceMs / 1000),
      leaseMarginMs: 1000 * read.whole(ENV.leaseMarginSeconds, 2, 900, DEFAULT_POLICY.leaseMarginMs / 1000),
      retentionMs: DAY_MS * read.whole(ENV.retentionDays, 1, 3_650, DEFAULT_POLICY.retentionMs / DAY_MS),
      listCompleted: read.flag(ENV.listCompleted),
    },
  };
}

const DAY_MS = 24 * 3_600_000;

/** Collects every problem before it complains, so that one start shows them all. */
class EnvironmentReader {
  private readonly environment: Environment;
  private readonly problems: string[] = [];

  constructor(environment: Environment) {
    this.environment = environment;
  }

  text(name: string, fallback?: string): string {
    const value = this.environment[name] ?? fallback;
    if (value === undefined || value === '') {
      this.problems.push(`${name} is missing`);
    }
    return value ?? '';
  }

  whole(name: string, least: number, most: number, fallback: number): number {
    const text = this.environment[name];
    const value = text === undefined ? fallback : Number(text);
    if (!Number.isInteger(value) || value < least || value > most) {
      this.problems.push(`${name} is ${JSON.stringify(text)}, expected a whole number from ${least} to ${most}`);
    }
    return value;
  }

  flag(name: string): boolean {
    const text = this.environment[name];
    if (text !== undefined && text !== 'true' && text !== 'false') {
      this.problems.push(`${name} is ${JSON.stringify(text)}, expected "true" or "false"`);
    }
    return text === 'true';
  }

  /** An object of JSON; empty when the variable is absent. */
  json(name: string): Readonly<Record<string, unknown>> {
    const value = parseJson(this.environment[name] ?? '{}');
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      return value as Readonly<Record<string, unknown>>;
    }
    this.problems.push(`${name} is not usable, expected an object of JSON`);
    return {};
  }

  texts(name: string, value: unknown): readonly string[] {
    if (value === undefined) return [];
    if (Array.isArray(value) && value.every((entry) => typeof entry === 'string')) return value;
    this.problems.push(`${name} holds ${JSON.stringify(value)}, expected a list of texts`);
    return [];
  }

  textsByName(name: string): Readonly<Record<string, string>> {
    const object = this.json(name);
    this.texts(name, Object.values(object));
    return object as Readonly<Record<string, string>>;
  }

  assertValid(): void {
    if (this.problems.length > 0) {
      throw new InvalidDefinitionError(
        `The function's environment is not usable: ${this.problems.join('; ')}. The AsyncEndpoints construct sets it; do not change it by hand.`,
      );
    }
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
