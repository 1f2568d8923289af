import {
  DEFAULT_POLICY,
  type DeadLetter,
  type JobFields,
  type JobHandler,
  type Logger,
  PLAIN_DEFAULTS,
  type Policy,
} from '../../../lib/core/index.ts';
import { createMemoryJobStore, type JobRecord, type MemoryJobStore } from '../../../lib/memory/index.ts';
import type { ConsumerPorts } from '../../../lib/pipeline/index.ts';
import { createFakeIds } from '../../../lib/testing/fake-random.ts';
import { FaultSource } from '../faults/fault-source.ts';
import { Scheduler } from '../kernel/scheduler.ts';
import { Trace } from '../kernel/trace.ts';
import { IndexView } from './index-view.ts';
import { createHandler, novel, scripted, type WatchedRun } from './job-types.ts';
import { Ledger } from './ledger.ts';
import { Meter } from './meter.ts';
import { Network } from './network.ts';
import type { AcceptedWrite, Acknowledgement, HandlerRun, Observer } from './observed.ts';
import { Process, type ProcessKind, skewMs } from './process.ts';
import { QueueService } from './queue-service.ts';
import { createStorePort, type Writing } from './store-port.ts';
import type { Ports, WorldOptions } from './world-options.ts';

/** More lanes only mean more of the same. */
const SHARDS = 2;
const VISIBILITY_TIMEOUT_MS = 360_000;
const MAX_RECEIVE_COUNT = 5;
const SILENT: Logger = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

/** One installation, its callers, and everything that can go wrong, under one seed. */
export class World {
  readonly options: WorldOptions;
  readonly policy: Policy;
  readonly scheduler = new Scheduler();
  readonly trace: Trace;
  readonly faults: FaultSource;
  readonly network: Network;
  readonly index: IndexView;
  readonly queue: QueueService;
  readonly store: MemoryJobStore;
  readonly meter = new Meter();
  readonly ledger = new Ledger();
  readonly rejections: { readonly key: string | undefined; readonly code: string }[] = [];
  /** Messages that nobody sent for a job. */
  readonly strays = new Set<string>();
  readonly violations: string[] = [];
  /** Types that consumers know by now. */
  readonly knownTypes = new Set<string>([scripted.type]);
  private readonly ids = createFakeIds();
  private readonly observers: Observer[] = [];
  private readonly alive = new Set<Process>();
  private readonly processCounts = new Map<ProcessKind, number>();
  private actionsLeft = 0;
  private writing: Writing | undefined;

  constructor(options: WorldOptions) {
    this.options = options;
    this.policy = { ...DEFAULT_POLICY, shards: SHARDS, ...options.alterations?.policy };
    const { scheduler } = this;
    this.trace = new Trace(scheduler, options.keepsTrace ?? false);
    const shared = { scheduler, trace: this.trace };
    const { seed, plan, only, keepsOccasions } = options;
    this.faults = new FaultSource({ ...shared, seed, plan, only, keepsOccasions });
    this.network = new Network({ ...shared, faults: this.faults });
    this.watch(this.network);
    this.index = new IndexView({ ...shared, faults: this.faults });
    this.queue = new QueueService({
      ...shared,
      faults: this.faults,
      network: this.network,
      visibilityTimeoutMs: VISIBILITY_TIMEOUT_MS,
      maxReceiveCount: MAX_RECEIVE_COUNT,
      onDeadLetter: (letter, by) => this.deadLetter(letter, by),
    });
    const definitions = new Map([scripted, novel].map((definition) => [definition.type, definition]));
    this.store = createMemoryJobStore({
      defaultsOf: (type) => definitions.get(type) ?? PLAIN_DEFAULTS(type),
      onPut: (after, before) => this.put(after, before),
    });
  }

  observe(observer: Observer): void {
    this.observers.push(observer);
  }

  /** Something that a scenario does at its time; the world is not at rest before. */
  later(afterMs: number, act: () => void): void {
    this.actionsLeft += 1;
    this.scheduler.after(afterMs, () => {
      this.actionsLeft -= 1;
      act();
    });
  }

  /** Sends a message of any content, as anybody with access to the queue can. */
  sendStray(body: string): void {
    this.strays.add(body);
    this.queue.queue.sendRaw(body);
    this.queue.onVisible(0);
  }

  /** Moves every dead message back into the queue, as a person does in the console of SQS. */
  redrive(): void {
    this.ledger.redrives += 1;
    this.trace.add(`redrive ${this.queue.queue.redriveDead()}`);
    this.queue.onVisible(0);
  }

  startProcess(kind: ProcessKind): Process {
    const count = (this.processCounts.get(kind) ?? 0) + 1;
    this.processCounts.set(kind, count);
    const name = `${kind}-${count}`;
    const isSkewed = this.faults.strikeAll('clock', name).size > 0;
    const process = new Process({
      name,
      kind,
      skewMs: isSkewed ? skewMs(this.faults.detail(`${name}/skew`)) : 0,
      scheduler: this.scheduler,
    });
    this.alive.add(process);
    process.onDeath(() => {
      this.trace.add(`dead ${name}`);
      this.alive.delete(process);
      this.ledger.died(process);
    });
    return process;
  }

  /** All processes of a kind that are alive now. */
  processes(kind: ProcessKind): readonly Process[] {
    return [...this.alive].filter((one) => one.kind === kind);
  }

  portsOf(process: Process): Ports {
    const queue = this.queue.portOf(process);
    let drawn = 0;
    const ports: Ports = {
      store: createStorePort(
        {
          network: this.network,
          store: this.options.alterations?.store?.(this.store) ?? this.store,
          index: this.index,
          meter: this.meter,
          writeAs: (writing, write) => this.writeAs(writing, write),
        },
        process,
      ),
      queue,
      inbox: queue,
      clock: process.clock,
      random: {
        next: () => {
          drawn += 1;
          return this.ledger.drew(process, this.faults.detail(`${process.name}/random#${drawn}`));
        },
      },
      ids: this.ids,
      telemetry: this.meter.telemetryOf(process),
      logger: SILENT,
      policy: this.policy,
    };
    return this.options.alterations?.ports?.(ports, process) ?? ports;
  }

  consumerPortsOf(process: Process): ConsumerPorts {
    const handlers = [scripted, novel]
      .filter(({ type }) => this.knownTypes.has(type))
      .map((definition): [string, JobHandler] => [
        definition.type,
        createHandler(definition, process, { start: (context) => this.startRun(process, context) }),
      ]);
    return {
      ...this.portsOf(process),
      handlers: new Map(handlers),
      batchConcurrency: this.options.batchConcurrency,
    };
  }

  acknowledge(acknowledgement: Acknowledgement): void {
    this.trace.add(`acknowledged ${acknowledgement.jobId}`);
    this.ledger.acknowledged.push(acknowledgement);
    this.tell((observer) => observer.onAcknowledged?.(acknowledgement));
  }

  /** Messages are about to be deleted from the queue, for the process that they were delivered to. */
  acknowledgeMessages(process: Process, jobIds: ReadonlySet<string>, deliveredAgain: ReadonlySet<string>): void {
    this.tell((observer) => observer.onMessagesDeleted?.(process, jobIds, deliveredAgain));
  }

  /** Nothing is left that could still happen by itself. */
  isAtRest(): boolean {
    return (
      this.actionsLeft === 0 &&
      this.alive.size === 0 &&
      this.network.underWay === 0 &&
      this.queue.underWay === 0 &&
      this.ledger.liveCount === 0 &&
      this.queue.queue.size() === 0
    );
  }

  /** Runs until all is at rest, something is wrong, or the time is up. */
  async run(limitMs: number): Promise<void> {
    const outcome = await this.scheduler.run(
      () => this.violations.length > 0 || this.isAtRest(),
      this.scheduler.now + limitMs,
    );
    if (this.violations.length === 0) {
      this.trace.add(outcome);
      this.tell((observer) => observer.atEnd?.());
    }
  }

  private startRun(process: Process, { jobId, attempt }: Pick<HandlerRun, 'jobId' | 'attempt'>): WatchedRun {
    const run: HandlerRun = { jobId, attempt, process, startedAt: this.scheduler.now };
    this.trace.add(`run ${jobId} ${attempt}`);
    this.ledger.start(run);
    this.tell((observer) => observer.onStart?.(run));
    return {
      ended: (end) => {
        this.trace.add(`ran ${jobId} ${attempt} ${end.how}`);
        this.ledger.end(run, end, this.scheduler.now);
      },
      ends: (how) => this.trace.add(`ends ${process.name} by ${how} in ${jobId} ${attempt}`),
    };
  }

  /** Lets a write be seen as somebody's; it must be done when the call returns. */
  writeAs<Result>(writing: Writing, write: () => Result): Result {
    this.writing = writing;
    const result = write();
    this.writing = undefined;
    return result;
  }

  private put(record: JobRecord, previous: JobRecord | undefined): void {
    // What the ports write is well formed; a raw put is read for what it has.
    const [after, before] = [record, previous] as unknown as [JobFields, JobFields | undefined];
    const { by, event, change, claim } = this.writing ?? { by: undefined, event: 'raw-put' as const };
    this.trace.add(`put ${after.id} ${event} ${after.status} ${after.attempt} ${after.nextAt}`);
    this.index.follow(record, previous);
    this.ledger.put(after, before);
    const counted = this.meter.land(event, before, after);
    if (this.writing !== undefined) {
      this.writing.counted = counted;
    }
    const write: AcceptedWrite = {
      at: this.scheduler.now,
      by,
      event,
      before,
      after,
      ...(change === undefined ? {} : { change }),
      ...(claim === undefined ? {} : { claim }),
    };
    this.tell((observer) => observer.onWrite?.(write));
  }

  /** The dead-letter queue took a copy. */
  deadLetter(letter: DeadLetter, by?: Process): void {
    this.trace.add(`dead letter ${letter.message.id} ${letter.message.dead}`);
    this.tell((observer) => observer.onDeadLetter?.(letter, by));
  }

  /** Lets observers hear of what is asked over a network. */
  protected watch(network: Network): void {
    network.onAsked = (asked) => this.tell((observer) => observer.onAsked?.(asked));
    network.onUnanswered = (asked) => this.tell((observer) => observer.onUnanswered?.(asked));
  }

  private tell(ask: (observer: Observer) => string | undefined): void {
    for (const observer of this.observers) {
      const violation = ask(observer);
      if (violation !== undefined) {
        this.trace.add(`violation ${violation}`);
        this.violations.push(violation);
      }
    }
  }
}
