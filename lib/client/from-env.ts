import { ENV, InvalidDefinitionError } from '../core/index.ts';
import type { JobClientOptions } from './options.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The options that the environment holds: the construct's `connect` sets it for a function, and the local stack writes it to
 * a file. Region, credentials and endpoints are left to the AWS SDK, which reads its own variables.
 *
 * @throws InvalidDefinitionError naming every variable that is missing or not usable
 */
export function readOptions(environment: Environment = process.env): JobClientOptions {
  const missing = [ENV.tableName, ENV.queueUrl].filter((name) => !environment[name]);
  if (missing.length > 0) {
    throw new InvalidDefinitionError(
      `JobClient.fromEnv() needs ${missing.join(' and ')} in the environment. In a deployed function the construct's connect() sets them; ` +
        'beside a local stack, load its environment file first (source .local/env). Or pass tableName and queueUrl to new JobClient().',
    );
  }
  const queueName = environment[ENV.queueName];
  const shards = readWhole(environment, ENV.shards);
  const dispatchGraceSeconds = readWhole(environment, ENV.dispatchGraceSeconds);
  return {
    tableName: environment[ENV.tableName] ?? '',
    queueUrl: environment[ENV.queueUrl] ?? '',
    ...(queueName ? { queueName } : {}),
    ...(shards === undefined ? {} : { shards }),
    ...(dispatchGraceSeconds === undefined ? {} : { dispatchGraceSeconds }),
  };
}

function readWhole(environment: Environment, name: string): number | undefined {
  const text = environment[name];
  if (!text) {
    return undefined;
  }
  if (!/^\d+$/.test(text)) {
    throw new InvalidDefinitionError(`${name} is ${JSON.stringify(text)}: expected a whole number.`);
  }
  return Number(text);
}
