import { type ProduceSummary, produce } from '../../lib/pipeline/index.ts';
import { collectDefinitions, createStopSignal, type JobModule } from '../../lib/worker/index.ts';
import { readProducerConfig } from '../config.ts';
import { createPorts } from '../wiring.ts';

type ProducerHandler = (event: unknown, context: { getRemainingTimeInMillis(): number }) => Promise<ProduceSummary>;

/** Moves due jobs on: the function that the schedule triggers. */
export function createHandler(jobs: readonly JobModule[]): ProducerHandler {
  const config = readProducerConfig();
  const ports = createPorts('producer', config, collectDefinitions(jobs));
  const stop = createStopSignal();
  return (_event, context) =>
    produce({
      ...ports,
      queueDepthCap: config.queueDepthCap,
      stayAwake: config.stayAwake,
      deadline: ports.clock.now() + context.getRemainingTimeInMillis(),
      stop,
    });
}
