import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import { JobClient } from '../../../lib/index.ts';
import type { StackAddress } from '../../../lib/local/stack/index.ts';
import { connectTo } from '../../e2e/local-clients.ts';
import { fragile } from '../faults-app/jobs/fragile/definition.ts';
import { work } from '../faults-app/jobs/work/definition.ts';
import type { SoakJob } from './plan-jobs.ts';

/** Every way into a stack. Each resolves with the id of a job that was accepted; anything else rejects. */
export type Doors = Readonly<Record<SoakJob['door'], (job: SoakJob) => Promise<string>>> & {
  readonly close: () => void;
};

const SHARDS = 4;

/** The stack refuses a job for good: trying again would not help. */
export class RefusedError extends Error {
  readonly code = 'refused';
}

export function openDoors(address: StackAddress, effects: string): Doors {
  const { region, accessKeyId, secretAccessKey, tableName, queueUrl } = address;
  const common = { region, credentials: { accessKeyId, secretAccessKey } };
  const clients = connectTo({ ready: true, ...address });
  const sdk = new JobClient({
    ...common,
    tableName,
    queueUrl,
    dispatchGraceSeconds: 2,
    endpoints: { dynamodb: address.dynamodb, sqs: address.sqs },
  });
  const table = DynamoDBDocumentClient.from(new DynamoDBClient({ ...common, endpoint: address.dynamodb }));
  const toInput = ({ does, times, afterMs }: SoakJob) => ({ effects, does, times, afterMs });
  return {
    api: async (job) => {
      const { type, delaySeconds, key } = job;
      const body = { type, input: toInput(job), delaySeconds, idempotencyKey: key };
      const answer = await clients.request('POST', '/jobs', { body });
      if (answer.status === 200 || answer.status === 202) return ((await answer.json()) as { id: string }).id;
      const text = `${answer.status}: ${await answer.text()}`;
      throw answer.status >= 500 || answer.status === 429 ? new Error(text) : new RefusedError(text);
    },
    sdk: async (job) => {
      const { delaySeconds, key } = job;
      const definition = job.type === 'work' ? work : fragile;
      try {
        return (await sdk.submit(definition, toInput(job), { delaySeconds, idempotencyKey: key })).id;
      } catch (error) {
        const isPassing = error instanceof Error && 'code' in error && error.code === 'unavailable';
        throw isPassing ? error : new RefusedError(String(error));
      }
    },
    'raw-put': async (job) => {
      const { key: id, type, delaySeconds } = job;
      const nextAt = Date.now() + delaySeconds * 1_000;
      const lane = `default#live#${Number(id.replaceAll(/\D/g, '')) % SHARDS}`;
      const Item = { id, type, status: 'queued', input: JSON.stringify(toInput(job)), lane, nextAt };
      try {
        await table.send(
          new PutCommand({ TableName: tableName, Item, ConditionExpression: 'attribute_not_exists(id)' }),
        );
      } catch (error) {
        // Our own earlier put, whose answer was lost.
        if (!(error instanceof Error && error.name === 'ConditionalCheckFailedException')) throw error;
      }
      return id;
    },
    close: () => {
      clients.close();
      table.destroy();
    },
  };
}
