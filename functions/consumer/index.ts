import { publishAfter } from '../../lib/telemetry/index.ts';
import {
  collectHandlers,
  createSqsBatchHandler,
  createStopSignal,
  type JobModules,
  type SqsBatchHandler,
} from '../../lib/worker/index.ts';
import { readConsumerConfig } from '../config.ts';
import { createPorts } from '../wiring.ts';

/** Runs jobs: the function that the queue triggers. */
export function createHandler(jobs: JobModules): SqsBatchHandler {
  const config = readConsumerConfig();
  const handlers = collectHandlers(jobs);
  const definitions = new Map([...handlers].map(([type, { definition }]) => [type, definition]));
  const ports = createPorts('consumer', config, definitions, { endsAtOnce: true });
  const handler = createSqsBatchHandler({
    ports: { ...ports, handlers, batchConcurrency: config.batchConcurrency },
    stop: createStopSignal(),
    exit: () => {
      ports.metrics.publish();
      process.exit(1);
    },
  });
  return publishAfter(ports.metrics, handler);
}
