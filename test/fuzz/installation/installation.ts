import { DEFAULT_POLICY, type JobStore, PLAIN_DEFAULTS } from '../../../lib/core/index.ts';
import { createMemoryJobQueue, type MemoryJobQueue, type ReceivedMessage } from '../../../lib/memory/index.ts';
import { produce } from '../../../lib/pipeline/index.ts';
import { createFakeIds, createFakeRandom } from '../../../lib/testing/fake-random.ts';
import { createFakeLogger, createRecorder } from '../../../lib/testing/recorder.ts';
import { createSqsBatchHandler } from '../../../lib/worker/index.ts';
import { toSqsEvent } from '../../simulation/world/sqs-event.ts';
import { FuzzClock } from './fuzz-clock.ts';
import { HANDLERS } from './handlers.ts';

const INVOCATION_MS = 60_000;
const BATCH_SIZE = 10;
/** Jobs and messages of one installation stay below it, so that nothing waits for room. */
const QUEUE_DEPTH_CAP = 100_000;

const BY_TYPE = new Map(HANDLERS.map((handler) => [handler.definition.type, handler]));

export const defaultsOf = (type: string) => BY_TYPE.get(type)?.definition ?? PLAIN_DEFAULTS(type);

/** The product's own producer and consumer over a store, with a queue in memory and time that a run moves. */
export interface Installation {
  readonly clock: FuzzClock;
  readonly queue: MemoryJobQueue;
  /** Ids of the jobs that a handler was started for. */
  readonly started: ReadonlySet<string>;
  /** One invocation of the producer. Rejects if it stops, or meets trouble on its way. */
  readonly tick: () => Promise<void>;
  /** Has the consumer called with batch after batch until no message can be received. */
  readonly drain: () => Promise<void>;
}

export function createInstallation(store: JobStore): Installation {
  const clock = new FuzzClock();
  const queue = createMemoryJobQueue({ clock });
  const recorder = createRecorder();
  const started = new Set<string>();
  const shared = {
    store,
    queue,
    random: createFakeRandom(),
    ids: createFakeIds(),
    telemetry: { ...recorder, claimed: ({ id }: { readonly id: string }) => void started.add(id) },
    logger: createFakeLogger(),
    policy: DEFAULT_POLICY,
  };
  const consume = createSqsBatchHandler({
    ports: { ...shared, clock, inbox: queue, handlers: BY_TYPE, batchConcurrency: BATCH_SIZE },
    stop: new AbortController().signal,
    exit: () => {
      throw new Error('No handler here ignores its signal, and yet the process was to end.');
    },
  });
  return {
    clock,
    queue,
    started,
    tick: async () => {
      await produce({
        ...shared,
        clock: clock.passing,
        queueDepthCap: QUEUE_DEPTH_CAP,
        deadline: clock.now() + INVOCATION_MS,
        stayAwake: false,
        onPass: ({ trouble }) => {
          if (trouble !== undefined) {
            throw new Error('The producer met trouble, although everything answers.', { cause: trouble });
          }
        },
      });
    },
    drain: async () => {
      for (let batch = queue.receive(BATCH_SIZE); batch.length > 0; batch = queue.receive(BATCH_SIZE)) {
        const { batchItemFailures } = await consume(toSqsEvent(batch), {
          getRemainingTimeInMillis: () => INVOCATION_MS,
        });
        const failed = checkAnswer(batchItemFailures, batch);
        await queue.acknowledge(
          batch.filter(({ messageId }) => !failed.has(messageId)).map(({ receiptHandle }) => receiptHandle),
        );
      }
    },
  };
}

/** An identifier that is no message's, or comes twice, would fail the whole batch on AWS. */
function checkAnswer(
  failures: readonly { readonly itemIdentifier: string }[],
  batch: readonly ReceivedMessage[],
): ReadonlySet<string> {
  const ids = new Set(batch.map(({ messageId }) => messageId));
  const failed = new Set(failures.map(({ itemIdentifier }) => itemIdentifier));
  if (failed.size !== failures.length || [...failed].some((id) => !ids.has(id))) {
    throw new Error(`The answer to a batch is malformed: ${JSON.stringify(failures)}`);
  }
  return failed;
}
