import { relative } from 'node:path';
import type { StackAddress } from '../local/stack/index.ts';

export interface WelcomeOptions {
  readonly address: StackAddress;
  /** Absolute. */
  readonly environmentFile: string;
  readonly workingDirectory: string;
  readonly keepsData: boolean;
  readonly startedAt: number;
  readonly readyAt: number;
}

const CSV_JOB = { type: 'summarize-csv', input: { csv: 'city,people\nBern,134591\nBasel,178120\n' } };

/** An item with the fewest attributes that works, due by the time somebody pastes it. */
const createRawJob = (now: number) => ({
  id: { S: 'raw-1' },
  type: { S: 'sleep' },
  status: { S: 'queued' },
  input: { S: '{"seconds":1}' },
  lane: { S: 'default#live#0' },
  nextAt: { N: String(now) },
});

/** What a person sees when the stack is ready: where everything is, and three commands that work as they stand. */
export function describeStack(options: WelcomeOptions): string {
  const { address, environmentFile, workingDirectory, keepsData, startedAt, readyAt } = options;
  const file = shorten(environmentFile, workingDirectory);
  const curl = `curl --aws-sigv4 aws:amz:${address.region}:execute-api -u ${address.accessKeyId}:${address.secretAccessKey}`;
  return `
Ready after ${((readyAt - startedAt) / 1000).toFixed(1)} s. ${keepsData ? 'Jobs are kept over a restart.' : 'Nothing is kept.'} Ctrl-C stops.

  API       ${address.api}  signed as ${address.accessKeyId}, ${address.region}
  DynamoDB  ${address.dynamodb}  table ${address.tableName}
  SQS       ${address.sqs}  queue ${nameOf(address.queueUrl)}
                                   dead letters in ${nameOf(address.deadLetterQueueUrl)}
  S3        ${address.s3}

Submit a job and wait for its result:

  ${curl} -H 'content-type: application/json' -H 'prefer: wait=10' -d '${JSON.stringify(CSV_JOB)}' ${address.api}/jobs

Put a job into the table with the AWS CLI:

  . ${file} && aws dynamodb put-item --table-name ${address.tableName} --item '${JSON.stringify(createRawJob(readyAt))}'

Read it:

  ${curl} '${address.api}/jobs/raw-1?wait=10'
`;
}

const nameOf = (queueUrl: string): string => queueUrl.slice(queueUrl.lastIndexOf('/') + 1);

/** A path that a shell's \`.\` takes: without a slash it would search the PATH. */
function shorten(path: string, from: string): string {
  const short = relative(from, path);
  return short.startsWith('..') ? path : short;
}
