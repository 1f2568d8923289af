import type { SQSEvent } from 'aws-lambda';
import { parseMessage } from '../../lib/core/index.ts';
import { publishAfter } from '../../lib/telemetry/index.ts';
import {
  collectHandlers,
  createSqsBatchHandler,
  createStopSignal,
  type JobModules,
  type SqsBatchHandler,
} from '../../lib/worker/index.ts';
import { readConsumerConfig, readFailpoints } from '../config.ts';
import { createFailpoints } from '../failpoints.ts';
import { createPorts } from '../wiring.ts';

/** Runs jobs: the function that the queue triggers. */
export function createHandler(jobs: JobModules): SqsBatchHandler {
  const config = readConsumerConfig();
  const handlers = collectHandlers(jobs);
  const definitions = new Map([...handlers].map(([type, { definition }]) => [type, definition]));
  const failpoints = createFailpoints('consumer', readFailpoints());
  const ports = failpoints.inPorts(createPorts('consumer', config, definitions, { endsAtOnce: true }));
  const handler = createSqsBatchHandler({
    ports: { ...ports, handlers: failpoints.inHandlers(handlers), batchConcurrency: config.batchConcurrency },
    stop: createStopSignal(),
    exit: () => {
      ports.metrics.publish();
      process.exit(1);
    },
  });
  return publishAfter(ports.metrics, failpoints.beforeAnswer(handler, jobsOf));
}

const jobsOf = (_answer: unknown, { Records }: SQSEvent): readonly string[] =>
  Records.flatMap(({ body }) => parseMessage(body)?.id ?? []);
