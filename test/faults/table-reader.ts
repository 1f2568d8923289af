import { paginateScan } from '@aws-sdk/lib-dynamodb';
import type { Job } from '../../lib/core/index.ts';
import { createDynamoDocumentClient, createDynamoJobStore } from '../../lib/dynamodb/index.ts';
import { startDynamoDbEngine } from '../../lib/local/engines/index.ts';
import { ChildSpawner } from '../../lib/local/processes/index.ts';
import { systemClock, systemRandom } from '../../lib/pipeline/index.ts';

export type ReadJobs = (ids: readonly string[]) => Promise<ReadonlyMap<string, Job>>;

export interface TableAddress {
  readonly dynamodb: string;
  readonly tableName: string;
}

export interface OpenTable {
  readonly read: ReadJobs;
  readonly listIds: () => Promise<readonly string[]>;
  readonly close: () => void;
}

/** Reads jobs as the product does; what is absent or cannot be read as a job is left out. */
export function openTable({ dynamodb, tableName }: TableAddress): OpenTable {
  const client = createDynamoDocumentClient({
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    endpoint: dynamodb,
  });
  const store = createDynamoJobStore({ client, tableName, clock: systemClock, random: systemRandom });
  return {
    read: async (ids) => {
      const stored = await store.read(ids);
      return new Map(stored.flatMap((entry) => (entry.kind === 'job' ? [[entry.job.id, entry.job]] : [])));
    },
    listIds: async () => {
      const ids: string[] = [];
      for await (const { Items = [] } of paginateScan({ client }, { TableName: tableName, ConsistentRead: true })) {
        ids.push(...Items.map(({ id }) => String(id)));
      }
      return ids;
    },
    close: () => client.destroy(),
  };
}

/** All that the table says once its stack has stopped: nobody is left who could still change it. */
export async function readStoppedTable(directory: string, tableName: string): Promise<ReadonlyMap<string, Job>> {
  const spawner = new ChildSpawner();
  const engine = await startDynamoDbEngine({ spawner, port: 0, directory, onNotice: () => {} });
  const table = openTable({ dynamodb: engine.endpoint, tableName });
  try {
    return await table.read(await table.listIds());
  } finally {
    table.close();
    await engine.stop({ graceMs: 1_000 });
    await spawner.close();
  }
}
