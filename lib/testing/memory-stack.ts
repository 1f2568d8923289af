import {
  AccessError,
  type AnyJobDefinition,
  type Clock,
  DEFAULT_POLICY,
  type Inbox,
  isFinal,
  isStatus,
  type Job,
  type JobHandler,
  type JobQueue,
  type JobStore,
  PLAIN_DEFAULTS,
  type Policy,
} from '../core/index.ts';
import {
  createMemoryJobQueue,
  createMemoryJobStore,
  type JobRecord,
  type MemoryJobQueue,
  type MemoryJobStore,
} from '../memory/index.ts';
import {
  type BatchResult,
  cancelJob,
  consumeBatch,
  getJob,
  type ProduceSummary,
  produce,
  retryJob,
  type SteerResult,
  type SubmitRequest,
  submitJobs,
} from '../pipeline/index.ts';
import { type PassOutcome, sweepLanes } from '../pipeline/producer/sweep-lanes.ts';
import { createFakeClock, type FakeClock } from './fake-clock.ts';
import { createFakeIds, createFakeRandom } from './fake-random.ts';
import { createFakeLogger, createRecorder, type LogLine, type Recorder } from './recorder.ts';

/** Everything by which the pipeline reaches the world. */
export interface StackPorts {
  readonly store: JobStore;
  readonly queue: JobQueue;
  readonly inbox: Inbox;
  readonly clock: Clock;
}

/** Puts something between the pipeline and its ports: faults, delays, the death of a process. */
export type WrapPorts = (ports: StackPorts) => StackPorts;

export interface MemoryStackOptions {
  readonly handlers: readonly JobHandler[];
  /** For handlers that wait for the same time. Default: one of its own. */
  readonly clock?: FakeClock;
  /** Default: the defaults of an installation. */
  readonly policy?: Partial<Policy>;
  /** Decides every backoff. Default: 1. */
  readonly seed?: number;
  /** Handlers that run at the same time in one batch. Default: 10. */
  readonly batchConcurrency?: number;
  /** How long an invocation of the producer or the consumer may take. Default: 60,000. */
  readonly timeoutMs?: number;
  /** Default: 1,000. */
  readonly queueDepthCap?: number;
  /** Default: 5. */
  readonly maxReceiveCount?: number;
  /** Default: 409,600. */
  readonly maxItemBytes?: number;
  /** Applies to every call; a call's own comes on top. */
  readonly wrap?: WrapPorts;
}

export interface CallOptions {
  readonly wrap?: WrapPorts;
  readonly stop?: AbortSignal;
  /** How long this invocation may take. */
  readonly timeoutMs?: number;
}

/** A process that may die: then nothing that it still does has an effect, its messages stay in flight and its jobs running. */
export interface MortalProcess {
  readonly wrap: WrapPorts;
  /** Resolves when it dies. */
  readonly died: Promise<unknown>;
}

export interface RunOptions {
  /** Default: four hours. */
  readonly limitMs?: number;
  /** Each invocation runs in a process of its own. Default: processes that do not die. */
  readonly startProcess?: () => MortalProcess;
}

/** A whole installation in memory whose time the test moves: nothing happens unless a call below makes it happen. */
export interface MemoryStack {
  readonly clock: FakeClock;
  readonly store: MemoryJobStore;
  readonly queue: MemoryJobQueue;
  readonly recorder: Recorder;
  readonly lines: readonly LogLine[];
  readonly policy: Policy;
  /** @throws SubmitError */
  submit(
    definition: AnyJobDefinition,
    input: unknown,
    options?: Omit<SubmitRequest, 'definition' | 'input'>,
  ): Promise<Job>;
  /** @throws Error when there is no readable job under the id */
  get(id: string): Promise<Job>;
  /** A caller's cancel. @throws AccessError */
  cancel(id: string, options?: CallOptions): Promise<SteerResult>;
  /** A person's retry. @throws AccessError */
  retry(id: string, options?: CallOptions): Promise<SteerResult>;
  /** One pass of the producer over all lanes. */
  sweep(options?: CallOptions): Promise<PassOutcome>;
  /** One invocation of the producer. */
  produce(options?: CallOptions & { readonly stayAwake?: boolean }): Promise<ProduceSummary>;
  /** Receives one batch, has it consumed, and deletes from the queue what was done, as Lambda does. */
  deliver(options?: CallOptions & { readonly maxMessages?: number }): Promise<BatchResult>;
  /** Producer, consumer and time take turns until every job is final. @throws Error when the time is over before that */
  runToEnd(options?: RunOptions): Promise<void>;
}

const DEFAULT_TIMEOUT_MS = 60_000;
const TURN_MS = 1_000;
/** So many turns in which nothing happened, and time moves on to the next event. */
const PATIENCE_TURNS = 3;
const MAX_TURN_MS = 3_600_000;
const RUN_LIMIT_MS = 4 * 3_600_000;

export function createMemoryStack(options: MemoryStackOptions): MemoryStack {
  return new InMemoryStack(options);
}

class InMemoryStack implements MemoryStack {
  readonly clock: FakeClock;
  readonly recorder = createRecorder();
  readonly lines: readonly LogLine[];
  readonly policy: Policy;
  readonly store: MemoryJobStore;
  readonly queue: MemoryJobQueue;
  private readonly options: MemoryStackOptions;
  private readonly handlers: ReadonlyMap<string, JobHandler>;
  private readonly random;
  private readonly ids = createFakeIds();
  private readonly logger = createFakeLogger();

  constructor(options: MemoryStackOptions) {
    this.options = options;
    this.clock = options.clock ?? createFakeClock();
    this.policy = { ...DEFAULT_POLICY, ...options.policy };
    this.handlers = new Map(options.handlers.map((handler) => [handler.definition.type, handler]));
    this.random = createFakeRandom(options.seed);
    this.lines = this.logger.lines;
    const { maxItemBytes, maxReceiveCount } = options;
    this.store = createMemoryJobStore({
      defaultsOf: (type) => this.handlers.get(type)?.definition ?? PLAIN_DEFAULTS(type),
      ...(maxItemBytes === undefined ? {} : { maxItemBytes }),
    });
    this.queue = createMemoryJobQueue({
      clock: this.clock,
      ...(maxReceiveCount === undefined ? {} : { maxReceiveCount }),
    });
  }

  async submit(
    definition: AnyJobDefinition,
    input: unknown,
    options?: Omit<SubmitRequest, 'definition' | 'input'>,
  ): Promise<Job> {
    const [result] = await submitJobs(this.ports({}), [{ definition, input, ...options }]);
    if (result?.kind !== 'accepted') {
      throw result?.error ?? new Error('The submit was not answered.');
    }
    return result.job;
  }

  async get(id: string): Promise<Job> {
    const job = await getJob({ store: this.store }, id);
    if (job === undefined) {
      throw new Error(`There is no readable job under ${id}.`);
    }
    return job;
  }

  async cancel(id: string, options: CallOptions = {}): Promise<SteerResult> {
    return await cancelJob(this.ports(options), id);
  }

  async retry(id: string, options: CallOptions = {}): Promise<SteerResult> {
    return await retryJob(this.ports(options), id);
  }

  async sweep(options: CallOptions = {}): Promise<PassOutcome> {
    return await sweepLanes({ ...this.producerPorts(options), mayGoOn: () => options.stop?.aborted !== true });
  }

  async produce(options: CallOptions & { readonly stayAwake?: boolean } = {}): Promise<ProduceSummary> {
    return await produce({
      ...this.producerPorts(options),
      deadline: this.deadline(options),
      stayAwake: options.stayAwake ?? false,
      stop: options.stop,
    });
  }

  async deliver(options: CallOptions & { readonly maxMessages?: number } = {}): Promise<BatchResult> {
    const received = this.queue.receive(options.maxMessages);
    if (received.length === 0) {
      return { failedMessageIds: [], mustExit: false };
    }
    const ports = {
      ...this.ports(options),
      handlers: this.handlers,
      batchConcurrency: this.options.batchConcurrency ?? 10,
    };
    const result = await consumeBatch(ports, received, { deadline: this.deadline(options), stop: options.stop });
    const done = received.filter(({ messageId }) => !result.failedMessageIds.includes(messageId));
    await this.queue.acknowledge(done.map(({ receiptHandle }) => receiptHandle));
    return result;
  }

  async runToEnd({ limitMs = RUN_LIMIT_MS, startProcess = startImmortal }: RunOptions = {}): Promise<void> {
    const until = this.clock.now() + limitMs;
    let idleTurns = 0;
    for (let live = this.listLive(); live.length > 0; live = this.listLive()) {
      if (this.clock.now() > until) {
        throw new Error(`After ${limitMs} ms ${live.length} jobs are not final yet.`);
      }
      const accepted = await this.sweepIn(startProcess());
      const batches = await this.deliverAll(startProcess);
      idleTurns = accepted + batches > 0 ? 0 : idleTurns + 1;
      await this.clock.advance(idleTurns < PATIENCE_TURNS ? TURN_MS : this.untilNextEvent());
      idleTurns %= PATIENCE_TURNS;
    }
  }

  private async sweepIn({ wrap, died }: MortalProcess): Promise<number> {
    const sweep = this.sweep({ wrap }).then(({ accepted }) => accepted);
    return await this.clock.run(Promise.race([sweep, died.then(() => 0)]));
  }

  /** A batch that the consumer throws back stays in the queue, hidden for a while. */
  private async deliverAll(startProcess: () => MortalProcess): Promise<number> {
    let batches = 0;
    for (; (await this.queue.depth()) > 0; batches += 1) {
      const { wrap, died } = startProcess();
      try {
        await this.clock.run(Promise.race([this.deliver({ wrap }), died]));
      } catch (error) {
        if (!(error instanceof AccessError)) {
          throw error;
        }
      }
    }
    return batches;
  }

  /** When the next job is due, or to be looked at; messages come at most a second after. */
  private untilNextEvent(): number {
    const now = this.clock.now();
    const times = this.listLive()
      .flatMap(({ dueAt, nextAt, leaseUntil }) => [dueAt, nextAt, leaseUntil])
      .filter((time) => typeof time === 'number' && time > now + TURN_MS);
    return Math.min(...(times as number[]), now + MAX_TURN_MS) - now;
  }

  private listLive(): readonly JobRecord[] {
    return this.store.listRaw().filter(({ status }) => !(isStatus(status) && isFinal(status)));
  }

  private producerPorts(options: CallOptions) {
    return { ...this.ports(options), queueDepthCap: this.options.queueDepthCap ?? 1_000 };
  }

  private ports({ wrap }: CallOptions) {
    const plain = { store: this.store, queue: this.queue, inbox: this.queue, clock: this.clock };
    const shared = this.options.wrap?.(plain) ?? plain;
    return {
      ...(wrap?.(shared) ?? shared),
      random: this.random,
      ids: this.ids,
      telemetry: this.recorder,
      logger: this.logger,
      policy: this.policy,
    };
  }

  private deadline({ timeoutMs }: CallOptions): number {
    return this.clock.now() + (timeoutMs ?? this.options.timeoutMs ?? DEFAULT_TIMEOUT_MS);
  }
}

function startImmortal(): MortalProcess {
  return { wrap: (ports) => ports, died: new Promise(() => {}) };
}
