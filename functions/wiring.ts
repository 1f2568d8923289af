import type { AnyJobDefinition } from '../lib/core/index.ts';
import { createDynamoDocumentClient, createDynamoJobStore } from '../lib/dynamodb/index.ts';
import { type ConsumerPorts, createIds, systemClock, systemRandom } from '../lib/pipeline/index.ts';
import { createSqsClient, createSqsJobQueue } from '../lib/sqs/index.ts';
import {
  createJsonLogger,
  createLogTelemetry,
  createMetricLines,
  createMetricTelemetry,
  type MetricTelemetry,
  type MetricTelemetryOptions,
  toAll,
} from '../lib/telemetry/index.ts';
import { createDefaultsOf } from '../lib/worker/index.ts';
import type { StorageConfig } from './config.ts';

export interface FunctionPorts extends Omit<ConsumerPorts, 'handlers' | 'batchConcurrency'> {
  /** Hears everything through `telemetry`; to be published when an invocation ends. */
  readonly metrics: MetricTelemetry;
}

/** What every function is wired to: the real table, queue, clock, log and metrics. */
export function createPorts(
  source: string,
  config: StorageConfig,
  definitions: ReadonlyMap<string, AnyJobDefinition>,
  options: Pick<MetricTelemetryOptions, 'endsAtOnce'> = {},
): FunctionPorts {
  const clock = systemClock;
  const logger = createJsonLogger({ source, write: (line) => process.stdout.write(`${line}\n`), now: clock.now });
  const queue = createSqsJobQueue({
    client: createSqsClient(),
    queueUrl: config.queueUrl,
    deadLetterQueueUrl: config.deadLetterQueueUrl,
    logger,
  });
  const metrics = createMetricTelemetry({ ...options, lines: createMetricLines(config.tableName) });
  return {
    store: createDynamoJobStore({
      client: createDynamoDocumentClient(),
      tableName: config.tableName,
      defaultsOf: createDefaultsOf(definitions),
      clock,
      random: systemRandom,
    }),
    queue,
    inbox: queue,
    clock,
    random: systemRandom,
    ids: createIds(clock),
    telemetry: toAll([createLogTelemetry(logger), metrics]),
    metrics,
    logger,
    policy: config.policy,
  };
}
