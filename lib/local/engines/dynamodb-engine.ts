import type { AccessPlan, AccessRecord } from '../iam/index.ts';
import type { Spawner } from '../processes/index.ts';
import { Engine } from './engine.ts';
import { createEngineClient, type EngineClient } from './engine-client.ts';
import type { DynamoDbProcessOptions, SetAccess } from './engine-messages.ts';

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
  /** Hears of each call once that somebody makes in a role. */
  readonly onAccess?: (record: AccessRecord) => void;
}

/** DynamoDB on this machine, in a process of its own. Items that were acknowledged survive any end of that process. */
export interface DynamoDbEngine {
  readonly endpoint: string;
  readonly pid: () => number;
  readonly client: EngineClient;
  /** Lets the sessions of the plan do what it allows them; before that nobody has a role. */
  readonly setAccess: (access: AccessPlan) => Promise<void>;
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
  onAccess,
}: DynamoDbEngineOptions): Promise<DynamoDbEngine> {
  let access: AccessPlan | undefined;
  const engine = await Engine.start({
    name: 'DynamoDB engine',
    entry: new URL('./dynamodb-process', import.meta.url),
    options: (ports): DynamoDbProcessOptions => ({
      port: ports?.[0] ?? port,
      ...(directory === undefined ? {} : { directory }),
      ...(access === undefined ? {} : { access }),
    }),
    spawner,
    // Both appear in the names of tables' resources.
    env: { AWS_REGION: 'us-east-1', AWS_ACCOUNT_ID: '000000000000' },
    nodeArguments,
    ...(handoverMs === undefined ? {} : { handoverMs }),
    onNotice,
    ...(onAccess === undefined ? {} : { onAccess }),
  });
  const endpoint = `http://127.0.0.1:${engine.ports[0]}`;
  return {
    endpoint,
    pid: () => engine.pid,
    client: createEngineClient({ endpoint, targetPrefix: 'DynamoDB_20120810' }),
    setAccess: async (plan) => {
      // Remembered first: a process that has ended comes back with it.
      access = plan;
      const request: Omit<SetAccess, 'request'> = { kind: 'set-access', access };
      await engine.request(request);
    },
    givenUp: engine.givenUp,
    stop: (options) => engine.stop(options),
  };
}
