import type { Spawner } from '../processes/index.ts';
import { Engine } from './engine.ts';
import { createEngineClient, type EngineClient } from './engine-client.ts';
import type { DynamoDbProcessOptions } from './engine-messages.ts';

export interface DynamoDbEngineOptions {
  readonly spawner: Spawner;
  /** 0 takes a free one. */
  readonly port: number;
  /** Where the database lies; absent keeps it in memory. */
  readonly directory?: string;
  /** For Node itself, such as `--inspect`. */
  readonly nodeArguments?: readonly string[];
  /** How long a port or a database in use is waited for. @default 3000 */
  readonly handoverMs?: number;
  readonly onNotice: (text: string) => void;
}

/** DynamoDB on this machine, in a process of its own. Items that were acknowledged survive any end of that process. */
export interface DynamoDbEngine {
  readonly endpoint: string;
  readonly pid: () => number;
  readonly client: EngineClient;
  readonly givenUp: Engine['givenUp'];
  readonly stop: Engine['stop'];
}

export async function startDynamoDbEngine({
  spawner,
  port,
  directory,
  nodeArguments = [],
  handoverMs,
  onNotice,
}: DynamoDbEngineOptions): Promise<DynamoDbEngine> {
  const engine = await Engine.start({
    name: 'DynamoDB engine',
    entry: new URL('./dynamodb-process', import.meta.url),
    options: (ports): DynamoDbProcessOptions => ({
      port: ports?.[0] ?? port,
      ...(directory === undefined ? {} : { directory }),
    }),
    spawner,
    // Both appear in the names of tables' resources.
    env: { AWS_REGION: 'us-east-1', AWS_ACCOUNT_ID: '000000000000' },
    nodeArguments,
    ...(handoverMs === undefined ? {} : { handoverMs }),
    onNotice,
  });
  const endpoint = `http://127.0.0.1:${engine.ports[0]}`;
  return {
    endpoint,
    pid: () => engine.pid,
    client: createEngineClient({ endpoint, targetPrefix: 'DynamoDB_20120810' }),
    givenUp: engine.givenUp,
    stop: (options) => engine.stop(options),
  };
}
