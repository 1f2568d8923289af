import type { AccessPlan, AccessRecord } from '../iam/index.ts';
import type { Spawner } from '../processes/index.ts';
import { Engine } from './engine.ts';
import type { CreateQueues, QueueDefinition, SetAccess, SqsS3ProcessOptions } from './engine-messages.ts';

export interface SqsS3EngineOptions {
  readonly spawner: Spawner;
  /** 0 takes a free one. */
  readonly sqsPort: number;
  /** 0 takes a free one. */
  readonly s3Port: number;
  readonly onNotice: (text: string) => void;
  /** Hears of each call once that somebody makes in a role. */
  readonly onAccess?: (record: AccessRecord) => void;
}

/**
 * SQS and S3 on this machine, in one process of their own. Nothing in them survives that process but the queues
 * themselves, which come back empty, with their attributes, before the first request is answered.
 */
export interface SqsS3Engine {
  readonly sqsEndpoint: string;
  readonly s3Endpoint: string;
  readonly pid: () => number;
  readonly createQueues: (queues: readonly QueueDefinition[]) => Promise<void>;
  /** Lets the sessions of the plan do what it allows them; before that nobody has a role. */
  readonly setAccess: (access: AccessPlan) => Promise<void>;
  readonly givenUp: Engine['givenUp'];
  readonly stop: Engine['stop'];
}

export async function startSqsS3Engine({
  spawner,
  sqsPort,
  s3Port,
  onNotice,
  onAccess,
}: SqsS3EngineOptions): Promise<SqsS3Engine> {
  let access: AccessPlan | undefined;
  let queues: readonly QueueDefinition[] = [];
  const engine = await Engine.start({
    name: 'SQS and S3 engine',
    entry: new URL('./sqs-s3-process', import.meta.url),
    options: (ports): SqsS3ProcessOptions => ({
      sqsPort: ports?.[0] ?? sqsPort,
      s3Port: ports?.[1] ?? s3Port,
      queues,
      ...(access === undefined ? {} : { access }),
    }),
    spawner,
    env: {},
    onNotice,
    ...(onAccess === undefined ? {} : { onAccess }),
  });
  return {
    sqsEndpoint: `http://127.0.0.1:${engine.ports[0]}`,
    s3Endpoint: `http://127.0.0.1:${engine.ports[1]}`,
    pid: () => engine.pid,
    createQueues: async (definitions) => {
      const before = queues;
      // Remembered first: a process that has ended comes back with them.
      queues = [...before, ...definitions];
      const request: Omit<CreateQueues, 'request'> = { kind: 'create-queues', queues: definitions };
      try {
        await engine.request(request);
      } catch (error) {
        queues = before;
        throw error;
      }
    },
    setAccess: async (plan) => {
      access = plan;
      const request: Omit<SetAccess, 'request'> = { kind: 'set-access', access };
      await engine.request(request);
    },
    givenUp: engine.givenUp,
    stop: (options) => engine.stop(options),
  };
}
