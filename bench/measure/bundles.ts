import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { buildSync } from 'esbuild';
import { buildBundle, type FunctionName, findJobFolders, ownSources } from '../../lib/bundle/index.ts';
import { ENV, encodeMessage } from '../../lib/core/index.ts';
import { submitJobs } from '../../lib/pipeline/index.ts';
import { noOp } from '../app/jobs/no-op/definition.ts';
import { type EngineStack, startEngineStack } from '../engine-stack.ts';
import { atMost, type Figure, median } from '../figure.ts';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../..', import.meta.url));

const STARTS = 15;
const LIMIT_KB: Readonly<Record<FunctionName, number>> = { api: 600, producer: 450, consumer: 450 };
const MOST_TIMES_BARE = 1.3;

/** What a function cannot do without: both clients, and one request of each. */
const BARE_CLIENTS = `
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
const table = DynamoDBDocumentClient.from(new DynamoDBClient({}));
const queue = new SQSClient({});
export const handler = () => Promise.all([
  table.send(new GetCommand({ TableName: process.env.${ENV.tableName}, Key: { id: 'nobody' } })),
  queue.send(new GetQueueAttributesCommand({ QueueUrl: process.env.${ENV.queueUrl}, AttributeNames: ['All'] })),
]);
`;

/** From the start of the process to the first answer; the process has only its bundle to load. */
const PROBE = `
const { handler } = require(process.argv[1] + '/index.js');
const event = JSON.parse(process.argv[2]);
// Little time is left, so a producer ends after its first pass instead of waiting for more work.
handler(event, { getRemainingTimeInMillis: () => Number(process.argv[3]) }).then(
  () => process.stderr.write(String(performance.now()), () => process.exit(0)),
  (error) => { console.error(error); process.exit(1); },
);
`;

interface Subject {
  readonly directory: string;
  readonly kilobytes: number;
  readonly createEvent: (stack: EngineStack) => Promise<object>;
  readonly remainingMs: number;
}

const EVENTS: Readonly<Record<FunctionName, Pick<Subject, 'createEvent' | 'remainingMs'>>> = {
  api: {
    createEvent: async () => ({
      rawPath: '/jobs',
      rawQueryString: '',
      headers: { 'content-type': 'application/json' },
      body: '{"type":"no-op","input":{}}',
      isBase64Encoded: false,
      requestContext: { http: { method: 'POST', path: '/jobs' } },
    }),
    remainingMs: 30_000,
  },
  producer: { createEvent: async () => ({}), remainingMs: 5_050 },
  consumer: {
    createEvent: async ({ ports }) => {
      const [result] = await submitJobs(ports, [{ definition: noOp, input: {} }]);
      const id = result?.kind === 'accepted' ? result.job.id : '';
      const record = {
        messageId: '1',
        receiptHandle: '1',
        body: encodeMessage({ id }),
        attributes: { ApproximateReceiveCount: '1' },
      };
      return { Records: [record] };
    },
    remainingMs: 60_000,
  },
};

function bundleFunction(name: FunctionName, parent: string): Subject {
  const jobs = findJobFolders(join(root, 'bench', 'app', 'jobs')).complete;
  const { files } = buildBundle({ name, sources: ownSources(), jobs, projectDirectory: root });
  const directory = join(parent, name);
  mkdirSync(directory);
  for (const [file, content] of files) {
    writeFileSync(join(directory, file), content);
  }
  return { directory, kilobytes: (files.get('index.js')?.length ?? Number.NaN) / 1_000, ...EVENTS[name] };
}

function bundleBareClients(parent: string): Subject {
  const directory = join(parent, 'bare');
  mkdirSync(directory);
  const { outputFiles } = buildSync({
    stdin: { contents: BARE_CLIENTS, resolveDir: root, loader: 'js' },
    bundle: true,
    minify: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    mainFields: ['module', 'main'],
    write: false,
  });
  const content = outputFiles[0]?.contents ?? new Uint8Array();
  writeFileSync(join(directory, 'index.js'), content);
  writeFileSync(join(directory, 'package.json'), '{ "type": "commonjs" }');
  return { directory, kilobytes: content.length / 1_000, createEvent: async () => ({}), remainingMs: 60_000 };
}

async function start({ directory, createEvent, remainingMs }: Subject, stack: EngineStack): Promise<number> {
  const event = JSON.stringify(await createEvent(stack));
  const { stderr } = await run(process.execPath, ['-e', PROBE, directory, event, String(remainingMs)], {
    env: {
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
      AWS_ENDPOINT_URL_DYNAMODB: stack.endpoints.dynamodb,
      AWS_ENDPOINT_URL_SQS: stack.endpoints.sqs,
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
      [ENV.tableName]: stack.tableName,
      [ENV.queueUrl]: stack.queueUrl,
      [ENV.deadLetterQueueUrl]: stack.queueUrl,
    },
  });
  return Number(stderr);
}

/** Size and cold start of each function's bundle, in turn with one that only makes and calls the same clients. */
export async function measureBundles(): Promise<readonly Figure[]> {
  const parent = mkdtempSync(join(tmpdir(), 'bench-bundles-'));
  const stack = await startEngineStack([]);
  try {
    const bare = bundleBareClients(parent);
    const names = ['api', 'producer', 'consumer'] as const;
    const figures: Figure[] = [];
    for (const name of names) {
      const subject = bundleFunction(name, parent);
      const starts: number[] = [];
      const ratios: number[] = [];
      for (let index = 0; index < STARTS; index += 1) {
        const bareMs = await start(bare, stack);
        const subjectMs = await start(subject, stack);
        starts.push(subjectMs);
        ratios.push(subjectMs / bareMs);
      }
      figures.push(
        atMost(`bundle of the ${name}`, subject.kilobytes, 'KB', LIMIT_KB[name]),
        { name: `cold start of the ${name}`, value: median(starts), unit: 'ms' },
        atMost(`cold start of the ${name}, to the bare clients’`, median(ratios), '×', MOST_TIMES_BARE),
      );
    }
    return figures;
  } finally {
    await stack.close();
    rmSync(parent, { recursive: true, force: true });
  }
}
