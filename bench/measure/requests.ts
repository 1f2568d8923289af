import { consumeBatch, submitJobs } from '../../lib/pipeline/index.ts';
import { noOp } from '../app/jobs/no-op/definition.ts';
import { handler } from '../app/jobs/no-op/handler.ts';
import { type EngineStack, startEngineStack } from '../engine-stack.ts';
import { atMost, type Figure, plain } from '../figure.ts';
import { createSampleInput } from '../sample-input.ts';

const JOBS = 200;

/** What Lambda's event source asks of SQS for a full batch of ten: one receive and one delete. */
const EVENT_SOURCE_REQUESTS_PER_BATCH = 2;

const SQS_REQUESTS = ['SendMessage', 'SendMessageBatch', 'DeleteMessageBatch', 'ChangeMessageVisibilityBatch'];

async function runJobs(
  stack: EngineStack,
  batchSize: number,
): Promise<{ readonly dynamodb: number; readonly sqs: number }> {
  stack.takeRequests();
  for (let first = 0; first < JOBS; first += batchSize) {
    const requests = Array.from({ length: batchSize }, (_, index) => ({
      definition: noOp,
      input: createSampleInput(first + index),
    }));
    await submitJobs(stack.ports, requests);
  }
  let done = 0;
  let batches = 0;
  while (done < JOBS) {
    const deliveries = await stack.receive();
    if (deliveries.length === 0) {
      continue;
    }
    batches += 1;
    done += deliveries.length;
    await consumeBatch(stack.ports, deliveries, { deadline: Date.now() + 60_000 });
    await stack.remove(deliveries);
  }
  const counted = [...stack.takeRequests()];
  const sum = (isWanted: (name: string) => boolean): number =>
    counted.filter(([name]) => isWanted(name)).reduce((total, [, requests]) => total + requests, 0);
  return {
    dynamodb: sum((name) => !SQS_REQUESTS.includes(name)) / JOBS,
    sqs: (sum((name) => SQS_REQUESTS.includes(name)) + batches * EVENT_SOURCE_REQUESTS_PER_BATCH) / JOBS,
  };
}

/** Requests per job, counted where they leave the SDK; those of the event source are counted by its batches. */
export async function measureRequests(): Promise<readonly Figure[]> {
  const stack = await startEngineStack([handler]);
  try {
    const inTens = await runJobs(stack, 10);
    const oneByOne = await runJobs(stack, 1);
    return [
      atMost('SQS requests, submitted in tens', inTens.sqs, 'requests/job', 0.4),
      plain('SQS requests, submitted one by one', oneByOne.sqs, 'requests/job'),
      plain('DynamoDB requests, express', inTens.dynamodb, 'requests/job'),
    ];
  } finally {
    await stack.close();
  }
}
