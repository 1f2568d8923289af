import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { type Inbox, type JobQueue, type JobStore, PLAIN_DEFAULTS } from '../../../lib/core/index.ts';
import { createDynamoJobStore } from '../../../lib/dynamodb/index.ts';
import type { JobRecord, MemoryJobStore } from '../../../lib/memory/index.ts';
import { systemClock, systemRandom } from '../../../lib/pipeline/index.ts';
import { createSqsJobQueue } from '../../../lib/sqs/index.ts';
import { novel, scripted } from '../../simulation/world/job-types.ts';
import type { Process } from '../../simulation/world/process.ts';
import { createStorePort } from '../../simulation/world/store-port.ts';
import { World } from '../../simulation/world/world.ts';
import type { Ports, WorldOptions } from '../../simulation/world/world-options.ts';
import type { WireRequest } from '../proxy/fault-proxy.ts';
import { EngineQueue } from './engine-queue.ts';
import type { Engines, Names } from './engines.ts';
import { QueueMirror } from './queue-mirror.ts';
import { TableMirror } from './table-mirror.ts';
import { UnderWay } from './under-way.ts';
import { WireNetwork } from './wire-network.ts';

const QUEUE_SETTINGS = { visibilityTimeoutMs: 360_000, maxReceiveCount: 5 } as const;
const DEFINITIONS = new Map([scripted, novel].map((definition) => [definition.type, definition]));

/**
 * A world of the simulation whose table and queues are the engines, reached by the production adapters over HTTP. Time is
 * simulated and stands still while a request is under way. Every write that an engine carries out is repeated in the memory of the
 * world, from where the invariants see it as they see those of a simulated table.
 */
export class EngineWorld extends World {
  override readonly network: WireNetwork;
  readonly underWay = new UnderWay();
  readonly engineQueue: EngineQueue;
  /** Where the writes of the engine are repeated. */
  private readonly memory: MemoryJobStore;
  private readonly engines: Engines;
  private readonly names: Names;

  static async create(engines: Engines, options: WorldOptions): Promise<EngineWorld> {
    const made: { world?: EngineWorld } = {};
    const watched = (): EngineWorld => {
      if (made.world === undefined) throw new Error('A request came before its world was there.');
      return made.world;
    };
    const table = new TableMirror((record, request) => watched().repeat(record, request));
    const queue = new QueueMirror({
      visibilityTimeoutMs: QUEUE_SETTINGS.visibilityTimeoutMs,
      onVisible: (afterMs) => watched().queue.onVisible(afterMs),
      onDeadLetter: (letter) => watched().deadLetter(letter),
    });
    const names = await engines.prepare(QUEUE_SETTINGS, {
      dynamodb: (request, send) => watched().underWay.track(table.exchange(request, send)),
      sqs: (request, send) => {
        engines.setTime(watched().scheduler.now);
        return watched().underWay.track(queue.exchange(request, send));
      },
    });
    made.world = new EngineWorld(engines, names, options);
    return made.world;
  }

  private constructor(engines: Engines, names: Names, options: WorldOptions) {
    super(options);
    this.engines = engines;
    this.names = names;
    const { scheduler, faults, trace, underWay } = this;
    const { windows } = options.plan;
    this.network = new WireNetwork({ scheduler, faults, trace, windows, calls: engines.calls, underWay });
    this.watch(this.network);
    this.engineQueue = new EngineQueue({ engines, names, underWay, scheduler });
    const memory = this.store;
    this.memory = memory;
    // What scenarios do to table and queues past all code they do to those of the engines.
    const putRaw = (record: JobRecord): void => this.putIntoTable(record);
    Object.assign(this, { store: Object.assign(Object.create(memory), { putRaw }) });
    Object.assign(this.queue, { queue: this.engineQueue });
  }

  override portsOf(process: Process): Ports {
    const { network, engines } = this;
    const store = this.openStore();
    const port = createStorePort(
      {
        network,
        store,
        index: this.index,
        meter: this.meter,
        writeAs: (writing, write) => engines.calls.writeAs(writing, write),
      },
      process,
    );
    const queue = this.queuePortOf(process);
    const ports: Ports = {
      ...super.portsOf(process),
      store: {
        ...port,
        findDue: (page) => this.ask(process, 'findDue', page.lane, () => store.findDue(page)),
      },
      queue,
      inbox: queue,
    };
    return this.options.alterations?.ports?.(ports, process) ?? ports;
  }

  override isAtRest(): boolean {
    return this.underWay.count === 0 && super.isAtRest();
  }

  /** Runs until all is at rest, something is wrong, or the time is up. */
  override async run(limitMs: number): Promise<void> {
    const { scheduler, underWay, engineQueue, violations } = this;
    const until = scheduler.now + limitMs;
    for (let outcome = 'over'; outcome === 'over'; ) {
      await underWay.settle();
      if (super.isAtRest()) await engineQueue.look();
      if (violations.length > 0 || this.isAtRest()) break;
      // Only the engine knows what is left in its queue: it is asked again after each event, once nothing else is left.
      engineQueue.forget();
      let steps = 0;
      const isOver = (): boolean => {
        steps += Number(super.isAtRest());
        return underWay.count > 0 || violations.length > 0 || steps > 1;
      };
      outcome = await scheduler.run(isOver, until);
    }
    await underWay.settle();
    await engineQueue.lookIntoDead();
    await super.run(0);
  }

  /** What the table of the engine has otherwise than the memory in which its writes were repeated; undefined if nothing. */
  async compareWithTable(): Promise<string | undefined> {
    const repeated = [...this.ledger.records.values()];
    const stored = await this.openStore().read(repeated.map(({ id }) => id));
    const wrong = repeated.find(({ status, attempt }, index) => {
      const found = stored[index];
      return found?.kind !== 'job' || found.job.status !== status || found.job.attempt !== attempt;
    });
    return wrong === undefined ? undefined : `the table does not say that ${wrong.id} is ${wrong.status}`;
  }

  /** Removes table and queues from the engines. */
  async remove(): Promise<void> {
    await this.engines.remove(this.names);
  }

  private openStore(): JobStore {
    return createDynamoJobStore({
      client: this.engines.table,
      tableName: this.names.tableName,
      clock: systemClock,
      random: systemRandom,
      defaultsOf: (type) => DEFINITIONS.get(type) ?? PLAIN_DEFAULTS(type),
    });
  }

  private queuePortOf(process: Process): JobQueue & Inbox {
    const { queueUrl, deadLetterQueueUrl } = this.names;
    const queue = createSqsJobQueue({ client: this.engines.sqs, queueUrl, deadLetterQueueUrl });
    const idsOf = (entries: readonly { readonly message: { readonly id: string } }[]): string =>
      entries.map(({ message }) => message.id).join(' ');
    return {
      send: (messages) => this.ask(process, 'send', idsOf(messages), () => queue.send(messages)),
      sendDeadLetters: (letters) =>
        this.ask(process, 'sendDeadLetters', idsOf(letters), () => queue.sendDeadLetters(letters)),
      depth: () => this.ask(process, 'depth', '', () => queue.depth()),
      acknowledge: (handles) =>
        this.ask(process, 'acknowledge', String(handles.length), () => queue.acknowledge(handles)),
      release: (handles) => this.ask(process, 'release', String(handles.length), () => queue.release(handles)),
    };
  }

  private async ask<Value>(
    process: Process,
    method: string,
    about: string,
    execute: () => Promise<Value>,
  ): Promise<Value> {
    const answer = await this.network.request(process, { method, about, execute });
    if (answer.kind === 'unavailable') throw answer.error;
    return answer.value;
  }

  /** The engine wrote this. */
  private repeat(record: JobRecord, { headers }: WireRequest): void {
    const writing = this.engines.calls.of(headers)?.writing ?? { by: undefined, event: 'raw-put' as const };
    this.writeAs(writing, () => this.memory.putRaw(record));
  }

  private putIntoTable(Item: JobRecord): void {
    const put = this.engines.table.send(new PutCommand({ TableName: this.names.tableName, Item }));
    this.scheduler.follow(this.underWay.track(put));
  }
}
