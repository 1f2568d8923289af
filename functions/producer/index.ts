import { type ProduceSummary, produce } from '../../lib/pipeline/index.ts';
import { publishAfter } from '../../lib/telemetry/index.ts';
import { collectDefinitions, createStopSignal, type JobModules } from '../../lib/worker/index.ts';
import { readFailpoints, readProducerConfig } from '../config.ts';
import { createFailpoints } from '../failpoints.ts';
import { createPorts } from '../wiring.ts';

type ProducerHandler = (event: unknown, context: { getRemainingTimeInMillis(): number }) => Promise<ProduceSummary>;

/** Moves due jobs on: the function that the schedule triggers. */
export function createHandler(jobs: JobModules): ProducerHandler {
  const config = readProducerConfig();
  const failpoints = createFailpoints('producer', readFailpoints());
  const { metrics, ...ports } = failpoints.inPorts(createPorts('producer', config, collectDefinitions(jobs)));
  const stop = createStopSignal();
  return publishAfter(metrics, (_event, context) => {
    let passes = 0;
    return produce({
      ...ports,
      queueDepthCap: config.queueDepthCap,
      stayAwake: config.stayAwake,
      deadline: ports.clock.now() + context.getRemainingTimeInMillis(),
      stop,
      // A process that dies takes what is not published with it.
      onPage: metrics.publish,
      onPass: ({ accepted, oldestDueAgeMs }) => {
        passes += 1;
        // Not told when the table did not tell it: then the producer counts as silent.
        if (oldestDueAgeMs !== undefined) metrics.swept(oldestDueAgeMs);
        // An invocation may last for minutes: it is heard at its beginning, and whenever it did something.
        if (passes === 1 || accepted > 0) metrics.publish();
      },
    });
  });
}
