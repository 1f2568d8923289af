import { DEFAULT_POLICY, InvalidDefinitionError, type Policy, valueInWords } from '../core/index.ts';
import { assertOptions } from './check-arguments.ts';

/** Where the jobs are, and how to get there. */
export interface JobClientOptions {
  readonly tableName: string;
  readonly queueUrl: string;
  /** Name of the logical queue. @default "default" */
  readonly queueName?: string;
  /** Shards of the deployment, 1 to 100. @default 4 */
  readonly shards?: number;
  /** Seconds for which a sent message may take to be claimed before its job is dispatched again, 1 to 3600. @default 60 */
  readonly dispatchGraceSeconds?: number;
  /** @default the region of the queue's URL, else what the AWS SDK finds in the environment */
  readonly region?: string;
  /** @default what the AWS SDK finds in the environment */
  readonly credentials?: Credentials;
  /** Addresses of the services, for a stack on this machine. @default what the AWS SDK finds in the environment */
  readonly endpoints?: { readonly dynamodb?: string; readonly sqs?: string };
}

interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

const NAMES: readonly string[] = Object.keys({
  tableName: true,
  queueUrl: true,
  queueName: true,
  shards: true,
  dispatchGraceSeconds: true,
  region: true,
  credentials: true,
  endpoints: true,
} satisfies Record<keyof JobClientOptions, true>);

/** @throws InvalidDefinitionError for what is no object of options, and for an option of another kind */
export function assertClientOptions(options: JobClientOptions): void {
  assertOptions('JobClient', options, NAMES);
  for (const name of ['queueName', 'region'] as const) {
    if (options[name] !== undefined && (typeof options[name] !== 'string' || options[name] === '')) {
      throw new InvalidDefinitionError(`${name} of JobClient is ${valueInWords(options[name])}: use a text.`);
    }
  }
  if (options.endpoints !== undefined) assertOptions('endpoints of JobClient', options.endpoints, ['dynamodb', 'sqs']);
}

/**
 * What a client needs to know of its installation's policy; the rest is the consumer's and the producer's business.
 *
 * @throws InvalidDefinitionError when an option is missing or out of its range
 */
export function toPolicy(options: JobClientOptions): Policy {
  for (const name of ['tableName', 'queueUrl'] as const) {
    if (typeof options[name] !== 'string' || options[name] === '') {
      throw new InvalidDefinitionError(
        `JobClient needs ${name}: pass it, or use JobClient.fromEnv() where the environment has it.`,
      );
    }
  }
  const graceSeconds = within('dispatchGraceSeconds', options.dispatchGraceSeconds, 1, 3_600);
  return {
    ...DEFAULT_POLICY,
    queueName: options.queueName ?? DEFAULT_POLICY.queueName,
    shards: within('shards', options.shards, 1, 100) ?? DEFAULT_POLICY.shards,
    ...(graceSeconds === undefined ? {} : { dispatchGraceMs: graceSeconds * 1_000 }),
  };
}

/** The region in a queue's URL; a queue on this machine has none. */
export function regionOf(queueUrl: string): string | undefined {
  return /^https:\/\/(?:sqs\.([a-z0-9-]+)|([a-z0-9-]+)\.queue)\.amazonaws\.com/.exec(queueUrl)?.slice(1).find(Boolean);
}

function within(name: string, value: number | undefined, least: number, most: number): number | undefined {
  if (value !== undefined && !(Number.isInteger(value) && value >= least && value <= most)) {
    throw new InvalidDefinitionError(
      `${name} of JobClient is ${valueInWords(value)}: use a whole number from ${least} to ${most}.`,
    );
  }
  return value;
}
