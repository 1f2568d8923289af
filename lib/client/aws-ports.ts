import { SUBMITTED_UNCOUNTED, type Telemetry } from '../core/index.ts';
import { createDynamoDocumentClient, createDynamoJobStore } from '../dynamodb/index.ts';
import { createIds, type SubmitPorts, systemClock, systemRandom } from '../pipeline/index.ts';
import { createSqsClient, createSqsJobQueue } from '../sqs/index.ts';
import { type JobClientOptions, regionOf, toPolicy } from './options.ts';

/** The process that submits has its own log and metrics; what the pipeline counts, its functions tell: the submits too. */
const SILENT: Telemetry = { submitted: () => {}, claimed: () => {}, accepted: () => {}, noticed: () => {} };

/** The real table and queue. Nothing connects before the first request. */
export function createAwsPorts(options: JobClientOptions): SubmitPorts {
  const { tableName, queueUrl, credentials, endpoints = {} } = options;
  const region = options.region ?? regionOf(queueUrl);
  const shared = {
    ...(region === undefined ? {} : { region }),
    ...(credentials === undefined ? {} : { credentials }),
  };
  const at = (endpoint: string | undefined) => (endpoint === undefined ? shared : { ...shared, endpoint });
  return {
    store: createDynamoJobStore({
      client: createDynamoDocumentClient(at(endpoints.dynamodb)),
      tableName,
      clock: systemClock,
      random: systemRandom,
    }),
    queue: createSqsJobQueue({
      client: createSqsClient(at(endpoints.sqs)),
      queueUrl,
      // Whoever submits never writes there.
      deadLetterQueueUrl: '',
    }),
    clock: systemClock,
    ids: createIds(systemClock),
    telemetry: SILENT,
    detail: SUBMITTED_UNCOUNTED,
    policy: toPolicy(options),
  };
}
