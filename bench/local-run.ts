import { fileURLToPath } from 'node:url';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { createDynamoDocumentClient } from '../lib/dynamodb/index.ts';
import { JobClient } from '../lib/index.ts';
import { type RunningStack, startStack } from '../lib/local/stack/index.ts';
import { systemClock } from '../lib/pipeline/index.ts';
import { writeSmallItems } from './small-writes.ts';

/** The whole local runtime with the stack of `bench/app`, and a client as a submitter would have it. */
export interface LocalRun {
  readonly jobs: JobClient;
  /** The engine's own conditional writes per second from this process, for comparison in the same run. */
  readonly measureWrites: (count: number) => Promise<number>;
  /** Resolves with the moment at which the log told of the n-th completed job from now. */
  readonly whenCompleted: (count: number) => Promise<number>;
  /** Milliseconds from due to started of every first claim since the last call, as the consumers logged them. */
  readonly takeWaits: () => readonly number[];
  readonly close: () => Promise<void>;
}

interface Claimed {
  readonly waitedMs?: number;
  readonly event?: string;
  readonly to?: string;
}

export async function startLocalRun(): Promise<LocalRun> {
  let waits: number[] = [];
  let completed = 0;
  let awaited: { readonly at: number; readonly resolve: (at: number) => void } | undefined;
  const onLine = (_source: string, text: string): void => {
    const line = parseLine(text);
    if (line?.event === 'claim' && line.waitedMs !== undefined) {
      waits.push(line.waitedMs);
    }
    if (line?.to === 'completed') {
      completed += 1;
      if (awaited !== undefined && completed >= awaited.at) {
        awaited.resolve(performance.now());
        awaited = undefined;
      }
    }
  };
  const stack: RunningStack = await startStack({
    project: fileURLToPath(new URL('app', import.meta.url)),
    port: 0,
    environment: process.env,
    onLine,
    signal: new AbortController().signal,
  });
  const { address } = stack;
  const common = {
    region: address.region,
    credentials: { accessKeyId: address.accessKeyId, secretAccessKey: address.secretAccessKey },
  };
  const table = createDynamoDocumentClient({ ...common, endpoint: address.dynamodb });
  return {
    jobs: new JobClient({
      tableName: address.tableName,
      queueUrl: address.queueUrl,
      ...common,
      endpoints: { dynamodb: address.dynamodb, sqs: address.sqs },
    }),
    measureWrites: (count) => measureWrites(table, address.tableName, count),
    whenCompleted: (count) =>
      new Promise((resolve) => {
        awaited = { at: completed + count, resolve };
      }),
    takeWaits: () => {
      const taken = waits;
      waits = [];
      return taken;
    },
    close: async () => {
      table.destroy();
      await stack.stop({ graceMs: 2_000 });
    },
  };
}

function parseLine(text: string): Claimed | undefined {
  try {
    return text.startsWith('{') ? (JSON.parse(text) as Claimed) : undefined;
  } catch {
    return undefined;
  }
}

async function measureWrites(table: DynamoDBDocumentClient, tableName: string, count: number): Promise<number> {
  const startedAt = performance.now();
  await writeSmallItems(table, tableName, count);
  return (1_000 * count) / (performance.now() - startedAt);
}

/** Waits between steps of a measurement. */
export const pause = (delayMs: number): Promise<void> => systemClock.sleep(delayMs);
