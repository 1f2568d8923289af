import { relative } from 'node:path';
import type { JobHints, StackAddress } from '../local/stack/index.ts';

export interface WelcomeOptions {
  readonly address: StackAddress;
  /** Absolute. */
  readonly environmentFile: string;
  readonly jobHints: JobHints;
  readonly workingDirectory: string;
  readonly keepsData: boolean;
  readonly startedAt: number;
  readonly readyAt: number;
}

interface Sample {
  readonly type: string;
  readonly input: unknown;
}

/** Inputs of the job types that come with the package; of any other one only its author knows what fits. */
const KNOWN_INPUTS: Readonly<Record<string, unknown>> = {
  'summarize-csv': { csv: 'city,people\nBern,134591\nBasel,178120\n' },
  sleep: { seconds: 1 },
};

/** The first of these that is there, or else the first one. */
function pickSample(types: readonly string[], preferred: readonly string[]): Sample | undefined {
  const type = preferred.find((name) => types.includes(name)) ?? types[0];
  return type === undefined ? undefined : { type, input: KNOWN_INPUTS[type] ?? {} };
}

/** An item with the fewest attributes that works, due by the time somebody pastes it. */
const createRawJob = ({ type, input }: Sample, lane: string, now: number) => ({
  id: { S: 'raw-1' },
  type: { S: type },
  status: { S: 'queued' },
  input: { S: JSON.stringify(input) },
  lane: { S: lane },
  nextAt: { N: String(now) },
});

/** What a person sees when the stack is ready: where everything is, and three commands to paste. */
export function describeStack(options: WelcomeOptions): string {
  const { address, keepsData, startedAt, readyAt } = options;
  return `
Ready after ${((readyAt - startedAt) / 1000).toFixed(1)} s. ${keepsData ? 'Jobs are kept over a restart.' : 'Nothing is kept.'} Ctrl-C stops.

  API       ${address.api}  signed as ${address.accessKeyId}, ${address.region}
  DynamoDB  ${address.dynamodb}  table ${address.tableName}
  SQS       ${address.sqs}  queue ${nameOf(address.queueUrl)}
                                   dead letters in ${nameOf(address.deadLetterQueueUrl)}
  S3        ${address.s3}

${describeCommands(options)}
`;
}

function describeCommands({ address, environmentFile, jobHints, workingDirectory, readyAt }: WelcomeOptions): string {
  const first = pickSample(jobHints.types, ['summarize-csv', 'sleep']);
  const raw = pickSample(jobHints.types, ['sleep', 'summarize-csv']);
  if (first === undefined || raw === undefined) {
    return 'There is no job type yet: a folder with definition.ts and handler.ts in the directory of the jobs makes one.';
  }
  const file = shorten(environmentFile, workingDirectory);
  const curl = `curl --aws-sigv4 aws:amz:${address.region}:execute-api -u ${address.accessKeyId}:${address.secretAccessKey}`;
  const yours = first.type in KNOWN_INPUTS ? '' : ', with an input that fits it in the place of {}';
  return `Submit a job and wait for its result${yours}:

  ${curl} -H 'content-type: application/json' -H 'prefer: wait=10' -d ${quote(JSON.stringify(first))} ${address.api}/jobs

Put a job into the table with the AWS CLI${yours}:

  . ${file} && aws dynamodb put-item --table-name ${address.tableName} --item ${quote(JSON.stringify(createRawJob(raw, jobHints.lane, readyAt)))}

Read it:

  ${curl} '${address.api}/jobs/raw-1?wait=10'`;
}

const quote = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

const nameOf = (queueUrl: string): string => queueUrl.slice(queueUrl.lastIndexOf('/') + 1);

/** A path that a shell's \`.\` takes: without a slash it would search the PATH. */
function shorten(path: string, from: string): string {
  const short = relative(from, path);
  return short.startsWith('..') ? path : short;
}
