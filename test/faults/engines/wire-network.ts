import { AccessError } from '../../../lib/core/index.ts';
import type { FaultKind } from '../../simulation/faults/fault-kinds.ts';
import type { FaultSource } from '../../simulation/faults/fault-source.ts';
import type { Window } from '../../simulation/faults/plan.ts';
import { type Scheduler, START_AT } from '../../simulation/kernel/scheduler.ts';
import type { Trace } from '../../simulation/kernel/trace.ts';
import { type Answer, Network, type Request } from '../../simulation/world/network.ts';
import type { Process } from '../../simulation/world/process.ts';
import type { Fate } from '../proxy/fault-proxy.ts';
import type { Service } from '../proxy/refusals.ts';
import type { Calls } from './calls.ts';
import { createFates } from './fates.ts';
import type { UnderWay } from './under-way.ts';

/** How long one way takes at most, in simulated time; nothing of it passes while the engine is at work. */
const WAY_MS = 12;
/** The longest that a request is still on its way after its client gave up. */
const MAX_LATE_MS = 60_000;

const OF_THE_QUEUE: readonly string[] = [
  'send',
  'sendDeadLetters',
  'depth',
  'acknowledge',
  'release',
  'receive',
  'delete',
];

export interface WireOptions {
  readonly scheduler: Scheduler;
  readonly faults: FaultSource;
  readonly trace: Trace;
  readonly windows: readonly Window[];
  readonly calls: Calls;
  readonly underWay: UnderWay;
}

/**
 * The network of the simulation with real requests in it: calls leave and answers come in simulated time, and in between the
 * production clients talk to the engines. Faults are not played here but at the proxy; only processes die here.
 */
export class WireNetwork extends Network {
  private readonly wire: WireOptions;

  constructor(options: WireOptions) {
    super(options);
    this.wire = options;
  }

  override request<Value>(process: Process, { method, about, execute }: Request<Value>): Promise<Answer<Value>> {
    const { scheduler, faults, trace } = this.wire;
    return new Promise((resolve) => {
      if (!process.isAlive) {
        return;
      }
      this.requests.set(method, (this.requests.get(method) ?? 0) + 1);
      const name = process.nextName(method);
      trace.add(`send ${name} ${about}`);
      const asked = { process, method, about };
      this.onAsked(asked);
      const struck = faults.strike('request', name);
      if (struck === 'crash-before') {
        process.die();
        return;
      }
      this.underWay += 1;
      scheduler.after(1 + faults.detail(`${name}/there`) * WAY_MS, () => {
        this.underWay -= 1;
        scheduler.follow(this.call(name, method, this.fatesOf(name, method, struck), execute), (answer) => {
          if (struck === 'crash-after') {
            process.die();
          }
          scheduler.after(1 + faults.detail(`${name}/back`) * WAY_MS, () =>
            process.deliver(() => {
              if (answer.kind === 'unavailable') {
                this.onUnanswered(asked);
              }
              resolve(answer);
            }),
          );
        });
      });
    });
  }

  /** One call in the name of an occasion, which meets what its fates are. */
  async call<Value>(
    name: string,
    method: string,
    nextFate: () => Fate,
    execute: () => Promise<Value>,
  ): Promise<Answer<Value>> {
    const { calls, underWay, trace } = this.wire;
    trace.add(`do ${name} ${method}`);
    try {
      return { kind: 'answered', value: await underWay.track(calls.run({ name, nextFate }, execute)) };
    } catch (error) {
      if (!(error instanceof AccessError)) throw error;
      return { kind: 'unavailable', error };
    }
  }

  fatesOf(name: string, method: string, kind: FaultKind | undefined): () => Fate {
    const service: Service = OF_THE_QUEUE.includes(method) ? 'sqs' : 'dynamodb';
    const always = kind !== undefined && this.isDown(kind, name);
    const detail = (of: string): number => this.wire.faults.detail(`${name}/${of}`);
    return createFates({ kind, service, always, detail, landing: () => this.land(detail('late')) });
  }

  private isDown(kind: FaultKind, name: string): boolean {
    const at = this.wire.scheduler.now - START_AT;
    return this.wire.windows.some(
      (window) =>
        window.kind === kind &&
        at >= window.from &&
        at < window.until &&
        (window.of === undefined || name.includes(window.of)),
    );
  }

  /** A request that is held lands later, and time stands still only once it does. */
  private land(share: number): Promise<void> {
    this.underWay += 1;
    return new Promise((resolve) => {
      this.wire.scheduler.after(share * MAX_LATE_MS, () => {
        this.underWay -= 1;
        resolve();
      });
    });
  }
}
