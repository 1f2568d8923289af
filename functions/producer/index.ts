import { type ProduceSummary, produce } from '../../lib/pipeline/index.ts';
import { publishAfter } from '../../lib/telemetry/index.ts';
import { collectDefinitions, createStopSignal, type JobModule } from '../../lib/worker/index.ts';
import { readProducerConfig } from '../config.ts';
import { createPorts } from '../wiring.ts';

type ProducerHandler = (event: unknown, context: { getRemainingTimeInMillis(): number }) => Promise<ProduceSummary>;

/** Moves due jobs on: the function that the schedule triggers. */
export function createHandler(jobs: readonly JobModule[]): ProducerHandler {
  const config = readProducerConfig();
  const ports = createPorts('producer', config, collectDefinitions(jobs));
  const stop = createStopSignal();
  return publishAfter(ports.metrics, async (_event, context) => {
    const summary = await produce({
      ...ports,
      queueDepthCap: config.queueDepthCap,
      stayAwake: config.stayAwake,
      deadline: ports.clock.now() + context.getRemainingTimeInMillis(),
      stop,
    });
    // Not told when the table did not tell it: then the producer counts as silent.
    if (summary.oldestDueAgeMs !== undefined) ports.metrics.swept(summary.oldestDueAgeMs);
    return summary;
  });
}
