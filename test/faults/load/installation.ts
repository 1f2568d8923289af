import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { isFinal, type Job } from '../../../lib/core/index.ts';
import { JobClient } from '../../../lib/index.ts';
import { type StackProcess, startStackProcess } from '../stack-process.ts';
import { openTable } from '../table-reader.ts';

const APP = fileURLToPath(new URL('../load-app', import.meta.url));

/** One `npm start` with its data on disk, and what its log tells. */
export interface Installation {
  /** Aborted once it is to be closed, whatever has become of its jobs. */
  readonly signal: AbortSignal;
  readonly stack: StackProcess;
  readonly client: JobClient;
  /** Jobs that the log told to have ended, in whatever way. */
  readonly ended: () => number;
  /** Seconds: the latest that the producer told of, 0 when nothing was due. */
  readonly oldestDueAge: () => number;
  readonly deadLetters: () => Promise<number>;
  /** What the table says of these jobs. */
  readonly read: (ids: readonly string[]) => Promise<ReadonlyMap<string, Job>>;
  readonly close: () => Promise<void>;
}

interface LogLine {
  readonly from?: string;
  readonly to?: Job['status'];
  readonly OldestDueAge?: number | readonly number[];
}

export async function startInstallation(signal: AbortSignal): Promise<Installation> {
  const directory = await mkdtemp(join(tmpdir(), 'load-'));
  let ended = 0;
  let oldestDueAge = 0;
  const onLine = (text: string): void => {
    // Most lines tell of neither, and reading a hundred thousand of them as JSON takes time from what is measured.
    if (!text.includes('"to":') && !text.includes('OldestDueAge')) return;
    const line = parse(text);
    if (line?.from !== undefined && line.to !== undefined && isFinal(line.to)) ended += 1;
    if (line?.OldestDueAge !== undefined) oldestDueAge = Math.max(...[line.OldestDueAge].flat());
  };
  const remove = (): Promise<void> => rm(directory, { recursive: true, force: true });
  const stack = await startStackProcess({ app: APP, directory, onLine, signal }).catch(async (error: unknown) => {
    await remove();
    throw error;
  });
  const { region, accessKeyId, secretAccessKey, tableName, queueUrl, deadLetterQueueUrl, dynamodb, sqs } =
    stack.address;
  const common = { region, credentials: { accessKeyId, secretAccessKey } };
  const table = openTable(stack.address);
  const queues = new SQSClient({ ...common, endpoint: sqs });
  return {
    signal,
    stack,
    client: new JobClient({ ...common, tableName, queueUrl, endpoints: { dynamodb, sqs } }),
    ended: () => ended,
    oldestDueAge: () => oldestDueAge,
    deadLetters: async () => {
      const { Attributes = {} } = await queues.send(
        new GetQueueAttributesCommand({ QueueUrl: deadLetterQueueUrl, AttributeNames: ['All'] }),
      );
      return Number(Attributes['ApproximateNumberOfMessages']);
    },
    read: table.read,
    close: async () => {
      table.close();
      queues.destroy();
      await stack.close();
      await remove();
    },
  };
}

function parse(text: string): LogLine | undefined {
  try {
    return JSON.parse(text) as LogLine;
  } catch {
    return undefined;
  }
}
