import {
  collectHandlers,
  createSqsBatchHandler,
  createStopSignal,
  type JobModule,
  type SqsBatchHandler,
} from '../../lib/worker/index.ts';
import { readConsumerConfig } from '../config.ts';
import { createPorts } from '../wiring.ts';

/** Runs jobs: the function that the queue triggers. */
export function createHandler(jobs: readonly JobModule[]): SqsBatchHandler {
  const config = readConsumerConfig();
  const handlers = collectHandlers(jobs);
  const definitions = new Map([...handlers].map(([type, { definition }]) => [type, definition]));
  return createSqsBatchHandler({
    ports: { ...createPorts('consumer', config, definitions), handlers, batchConcurrency: config.batchConcurrency },
    stop: createStopSignal(),
    exit: () => process.exit(1),
  });
}
