import { describe, expect, it } from 'vitest';
import { type AnyJobDefinition, DEFAULT_POLICY } from '../../../lib/core/index.ts';
import { createDynamoDocumentClient, createDynamoJobStore } from '../../../lib/dynamodb/index.ts';
import { createApp, createLambdaHandler } from '../../../lib/http/index.ts';
import { createMemoryJobQueue } from '../../../lib/memory/index.ts';
import { createIds, systemRandom } from '../../../lib/pipeline/index.ts';
import { anything, createEvent, faulty, MovableClock } from '../../http/memory-stack.ts';
import { findLeak } from './leaks.ts';

const TABLE_ARN = 'arn:aws:dynamodb:us-east-1:123456789012:table/jobs-table-1';

const awsError = (name: string, message: string, httpStatusCode = 400): Error =>
  Object.assign(new Error(message), { name, $metadata: { httpStatusCode }, $fault: 'client' });

/** What the store may be told, each in the words of AWS or of Node, which name everything. */
const FAULTS: Readonly<Record<string, unknown>> = {
  'the table is missing': awsError(
    'ResourceNotFoundException',
    `Requested resource not found: Table: ${TABLE_ARN} not found`,
  ),
  'access is denied': awsError(
    'AccessDeniedException',
    `User: arn:aws:sts::123456789012:assumed-role/Api/Api is not authorized to perform: dynamodb:PutItem on resource: ${TABLE_ARN}`,
  ),
  'the table is throttled': awsError(
    'ProvisionedThroughputExceededException',
    `The table ${TABLE_ARN} has no more capacity`,
  ),
  'the item is refused': awsError(
    'ValidationException',
    `One or more values in ${TABLE_ARN} are invalid: lane-nextAt-index`,
  ),
  'the service has an error': awsError('InternalServerError', `Internal error at ${TABLE_ARN}`, 500),
  'nobody is there': Object.assign(new Error('connect ECONNREFUSED 10.0.0.1:443'), { code: 'ECONNREFUSED' }),
  'there are no credentials': awsError('CredentialsProviderError', 'Could not load /home/somebody/.aws/credentials'),
  'the code has a bug': new TypeError("Cannot read properties of undefined (reading 'jobs-table-1')"),
  'something is thrown that is no error': 'jobs-table-1 in /var/task/index.js:1:1',
};

/** The API's function over a table whose every request ends the same way. */
function createBrokenApi(thrown: unknown) {
  const clock = new MovableClock();
  const client = createDynamoDocumentClient({
    region: 'us-east-1',
    maxAttempts: 1,
    credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' },
    requestHandler: {
      handle: () => {
        throw thrown;
      },
    },
  });
  const log: unknown[] = [];
  const write = (message: string, fields?: unknown): void => {
    log.push([message, fields]);
  };
  const definitions: readonly AnyJobDefinition[] = [anything, faulty];
  const app = createApp({
    ports: {
      store: createDynamoJobStore({ client, tableName: 'jobs-table-1', clock, random: systemRandom }),
      queue: createMemoryJobQueue({ clock }),
      clock,
      ids: createIds(clock),
      telemetry: { submitted: () => {}, claimed: () => {}, accepted: () => {}, noticed: () => {} },
      policy: DEFAULT_POLICY,
      logger: { debug: write, info: write, warn: write, error: write },
    },
    definitions: new Map(definitions.map((definition) => [definition.type, definition])),
  });
  return { handler: createLambdaHandler(app), log };
}

const post = (body: object) => createEvent('POST', '/jobs', { body: JSON.stringify(body) });
const REQUESTS = [
  post({ type: 'anything', input: 1 }),
  post({ type: 'anything', input: 1, idempotencyKey: 'a' }),
  post({ type: 'faulty', input: 1 }),
  createEvent('GET', '/jobs/a'),
  createEvent('GET', '/jobs/a', { rawQueryString: 'wait=2' }),
];

describe('an answer of the API tells nothing of what is behind it', () => {
  it.each(Object.keys(FAULTS))('when %s', async (name) => {
    const { handler, log } = createBrokenApi(FAULTS[name]);
    const statuses: unknown[] = [];
    for (const request of REQUESTS) {
      const { statusCode, headers, body = '' } = await handler(request);
      statuses.push(statusCode);
      expect(findLeak(body, '')).toBeUndefined();
      expect(headers?.['content-type']).toBe('application/problem+json');
      expect(Object.keys(JSON.parse(body) as object)).toEqual(
        expect.arrayContaining(['type', 'title', 'status', 'detail']),
      );
    }
    expect(statuses.filter((status) => status === 200 || status === 202)).toEqual([]);
    // Who runs it learns more.
    expect(log.length).toBeGreaterThan(0);
  });

  it('fails to be found where there is one', () => {
    expect(findLeak(`see ${TABLE_ARN}`, '')).toBe('arn:aws');
    expect(findLeak('Error: x\n    at handler (index.js:1:1)', '')).toBe('\n    at ');
    expect(findLeak('There is no job "arn:aws".', 'arn:aws')).toBeUndefined();
  });
});
