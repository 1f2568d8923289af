import type { SQSBatchResponse } from 'aws-lambda';
import type { ReceivedMessage } from '../../../lib/memory/index.ts';
import { publishAfter } from '../../../lib/telemetry/index.ts';
import { createSqsBatchHandler } from '../../../lib/worker/index.ts';
import { invoke } from './invocation.ts';
import type { Process } from './process.ts';
import { jobIdOf, toSqsEvent } from './sqs-event.ts';
import type { World } from './world.ts';

/** One invocation of the consumer, put together as its function is. Its answer is undefined when it failed, died, or took too long. */
export function invokeConsumer(
  world: World,
  messages: readonly ReceivedMessage[],
  onEnd: (answer: SQSBatchResponse | undefined, process: Process) => void,
): Process {
  const process = world.startProcess('consumer');
  world.ledger.deliver(process, messages.map(jobIdOf));
  const metrics = world.meter.metricsOf(process);
  const handler = createSqsBatchHandler({
    ports: world.consumerPortsOf(process),
    stop: process.stop,
    exit: () => {
      metrics.publish();
      world.meter.finish(process);
      process.die();
    },
  });
  const call = publishAfter(metrics, handler);
  const event = toSqsEvent(messages);
  invoke(world, process, { call: (context) => call(event, context), onEnd: (answer) => onEnd(answer, process) });
  return process;
}
